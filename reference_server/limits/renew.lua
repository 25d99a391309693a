-- Prolongs leases that are still held; one that was given back or ran out stays so.
-- KEYS: leases. ARGV: now or '', lease, ids.
local now = tonumber(ARGV[1]) or tonumber(redis.call('TIME')[1])
local lease = tonumber(ARGV[2])

for i = 3, #ARGV do
  redis.call('ZADD', KEYS[1], 'XX', now + lease, ARGV[i])
end
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('EXPIRE', KEYS[1], math.ceil(lease) + 1) end
