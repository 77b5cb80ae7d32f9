#!lua flags=no-writes
-- All of a pool in one step, for model_look.c.
-- KEYS  1 w  2 z  3 own  4 bell  5 c  6 d  7 gate  8..41 the lists  then i:<wid> of the
--       workers, then the locks
-- ARGV  how many workers, their wids
-- Returns {now ms, bell, {list, …}, {held, …}, {lease, …}, {z}, {own}, {c}, {d}, {gate},
--          {lock, …}}
local t = redis.call('TIME')
local lists, held, lease, locks = {}, {}, {}, {}
local workers = tonumber(ARGV[1])
for i = 1, 34 do
    lists[i] = redis.call('LRANGE', KEYS[7 + i], 0, -1)
end
for i = 1, workers do
    held[i] = redis.call('HVALS', KEYS[41 + i])
    lease[i] = redis.call('ZSCORE', KEYS[1], ARGV[1 + i]) or ''
end
for i = 42 + workers, #KEYS do
    locks[#locks + 1] = redis.call('GET', KEYS[i]) or ''
end
return {t[1] * 1000 + math.floor(t[2] / 1000), redis.call('LLEN', KEYS[4]), lists, held, lease,
    redis.call('ZRANGE', KEYS[2], 0, -1, 'WITHSCORES'), redis.call('HGETALL', KEYS[3]),
    redis.call('HGETALL', KEYS[5]), redis.call('LRANGE', KEYS[6], 0, -1),
    redis.call('HGETALL', KEYS[7]), locks}
