#!lua
-- Puts N jobs on the lists of one pool, or among the delayed ones.
-- KEYS  1 c (counters)  2 z (delayed)  3 bell  4.. the lists needed
-- ARGV  n, then for each: index of its list in KEYS, list number (2 digits), due in ms or
--       0, id, attempts (2 hex), body
-- Returns how many were put (all or none: the script is one step for Redis).
local n = tonumber(ARGV[1])
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local seq = redis.call('HINCRBY', KEYS[1], 'seq', n) - n
local ready = 0
for i = 0, n - 1 do
    local a = 2 + i * 6
    local due = tonumber(ARGV[a + 2])
    local entry = ARGV[a + 3] .. ARGV[a + 4] .. '0' .. ARGV[a + 1]
        .. string.format('%013d%010x', now, seq + i) .. ARGV[a + 5]
    if due > now then
        redis.call('ZADD', KEYS[2], due, entry)
    else
        redis.call('RPUSH', KEYS[tonumber(ARGV[a])], entry)
        ready = ready + 1
    end
end
redis.call('HINCRBY', KEYS[1], 'enq', n)
local bells = math.min(ready, 64 - redis.call('LLEN', KEYS[3]))
for _ = 1, bells do
    redis.call('RPUSH', KEYS[3], '1')
end
return n
