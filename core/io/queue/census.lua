#!lua flags=no-writes
-- One atomic picture of a pool.
-- KEYS  1 w  2 z  3 d  4 c  5 gate  6..39 the lists 0..33  40.. i:<wid> of the workers named
-- ARGV  most delayed entries to name, wid, wid, … (as in KEYS)
-- Returns {now ms, {length, stamp of the head} x 34, delayed, dead, {counter, n, …},
--          {wid, ms left, held, …}, {ids in flight or delayed}, 1 when complete,
--          {list kept out of, how many, …}, bytes used, most bytes}
-- Not complete: a worker has come since the caller asked for their names, or there are more
-- delayed entries than may be named.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local memory = redis.call('INFO', 'memory')
local lists, workers, ids, named = {}, {}, {}, {}
for i = 0, 33 do
    local head = redis.call('LINDEX', KEYS[6 + i], 0)
    lists[#lists + 1] = redis.call('LLEN', KEYS[6 + i])
    lists[#lists + 1] = head and #head >= 32 and struct.unpack('>I6', head, 21) or 0
end
for i = 2, #ARGV do
    named[ARGV[i]] = KEYS[38 + i]
end
local complete = 1
local flat = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
for i = 1, #flat, 2 do
    local held = 0
    if named[flat[i]] then
        for _, id in ipairs(redis.call('HKEYS', named[flat[i]])) do
            ids[#ids + 1] = id
            held = held + 1
        end
    else
        complete = 0
    end
    workers[#workers + 1] = flat[i]
    workers[#workers + 1] = tonumber(flat[i + 1]) - now
    workers[#workers + 1] = held
end
local delayed = redis.call('ZCARD', KEYS[2])
if delayed > tonumber(ARGV[1]) then
    complete = 0
end
for _, e in ipairs(redis.call('ZRANGE', KEYS[2], 0, tonumber(ARGV[1]) - 1)) do
    ids[#ids + 1] = string.sub(e, 2, 17)
end
for _, e in ipairs(redis.call('LRANGE', KEYS[3], 0, 999)) do
    ids[#ids + 1] = string.sub(e, 3, 18)
end
return {now, lists, delayed, redis.call('LLEN', KEYS[3]), redis.call('HGETALL', KEYS[4]),
    workers, ids, complete, redis.call('HGETALL', KEYS[5]),
    tonumber(string.match(memory, 'used_memory:(%d+)')),
    tonumber(string.match(memory, 'maxmemory:(%d+)'))}
