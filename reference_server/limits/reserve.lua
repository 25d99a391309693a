-- Holds a place for a request if all limits have room; otherwise changes nothing that counts.
-- The rules are those of window.py and memory.py; a test holds both to the same answers.
-- KEYS: requests, tokens, leases. ARGV: now or '', id, tokens, the three limits (-1 is none), lease.
local SPAN = 60
local requests, tokens, leases = KEYS[1], KEYS[2], KEYS[3]
local id, wanted, lease = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[7])
local most_requests, most_tokens, most_running = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])

local now = tonumber(ARGV[1])
if not now then
  -- One clock for all nodes.
  local time = redis.call('TIME')
  now = tonumber(time[1]) + tonumber(time[2]) / 1000000
end

-- Returns the slots that still count, oldest first, and their sum.
local function counted(key)
  local flat, slots, used = redis.call('HGETALL', key), {}, 0
  for i = 1, #flat, 2 do
    local slot, amount = tonumber(flat[i]), tonumber(flat[i + 1])
    if now < slot + SPAN + 1 then
      slots[#slots + 1] = {slot, amount}
      used = used + amount
    else
      redis.call('HDEL', key, flat[i])
    end
  end
  table.sort(slots, function(one, other) return one[1] < other[1] end)
  return slots, used
end

-- Returns what is used, seconds until there is room for the amount, and until nothing is used.
local function meter(key, limit, amount)
  if limit < 0 then return {0, 0, 0} end
  local slots, used = counted(key)
  local excess, till, reset = used + amount - limit, now, 0
  for _, slot in ipairs(slots) do
    if excess > 0 then
      excess = excess - slot[2]
      till = slot[1] + SPAN + 1
    end
    reset = slot[1] + SPAN + 1 - now
  end
  return {used, excess > 0 and math.huge or till - now, reset}
end

local function add(key, limit, amount)
  if limit < 0 then return {0, 0, 0} end
  redis.call('HINCRBY', key, math.floor(now), amount)
  redis.call('EXPIRE', key, SPAN + 2)
  return meter(key, limit, 0)
end

local function running()
  if most_running < 0 then return 0 end
  redis.call('ZREMRANGEBYSCORE', leases, '-inf', now)
  return redis.call('ZCARD', leases)
end

local asked, spent, held = meter(requests, most_requests, 1), meter(tokens, most_tokens, wanted), running()
local lacking = ''
if most_running >= 0 and held >= most_running then lacking = 'concurrency'
elseif asked[2] > 0 then lacking = 'requests'
elseif spent[2] > 0 then lacking = 'tokens'
else
  asked, spent = add(requests, most_requests, 1), add(tokens, most_tokens, wanted)
  if most_running >= 0 then
    redis.call('ZADD', leases, now + lease, id)
    redis.call('EXPIRE', leases, math.ceil(lease) + 1)
    held = held + 1
  end
end

local function text(number) return string.format('%.6f', number) end
return {
  lacking, math.floor(now), held,
  asked[1], text(asked[2]), text(asked[3]),
  spent[1], text(spent[2]), text(spent[3]),
}
