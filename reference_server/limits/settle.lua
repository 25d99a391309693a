-- Gives a place back, and counts the tokens spent instead of those reserved.
-- KEYS: tokens, leases. ARGV: now or '', id, slot, spent beyond the reservation (may be negative).
local now = tonumber(ARGV[1]) or tonumber(redis.call('TIME')[1])
local slot, excess = ARGV[3], tonumber(ARGV[4])

redis.call('ZREM', KEYS[2], ARGV[2])
if excess > 0 then
  redis.call('HINCRBY', KEYS[1], math.floor(now), excess)
  redis.call('EXPIRE', KEYS[1], 62)
elseif excess < 0 and redis.call('HEXISTS', KEYS[1], slot) == 1 then
  redis.call('HINCRBY', KEYS[1], slot, excess)
end
