#!lua
-- Puts N jobs on the lists of one pool, or among the delayed ones.
-- KEYS  1 c (counters)  2 z (delayed)  3 bell  4 gate  5.. the lists needed, then locks
-- ARGV  1 how many jobs  2 what becomes of those that do not fit: s(pilled: they wait in
--       MySQL), r(efused), f(it anyway: they have waited)  3 how many lists;
--       for each list: its number (2 digits), most entries, most bytes, the level from
--       which it stays shut; for each job: index among the lists, due in ms or 0, the
--       first 20 bytes of its entry, index of its lock in KEYS or 0, how long the lock
--       lives, body
-- Returns a letter for each job: 1 put, 0 does not fit, u its lock is held by another.
--
-- gate: list -> how many of its jobs were kept out; until those are in, later ones stay
-- out too, so that nobody overtakes. `level`, `until`: how full Redis is, as the
-- reconciler saw it.
local n, mode, lists = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local jobs = 4 + lists * 4
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local level = 0
local seen = redis.call('HMGET', KEYS[4], 'level', 'until')
if seen[1] and tonumber(seen[2]) > now then
    level = tonumber(seen[1])
end

-- A short list needs no look at its bytes.
local function room_of(l)
    if mode == 'f' then
        return n
    end
    local a = l * 4
    local key = KEYS[4 + l]
    local length = redis.call('LLEN', key)
    if level >= tonumber(ARGV[a + 3])
        or redis.call('HEXISTS', KEYS[4], ARGV[a]) == 1
        or (length > 200 and tonumber(redis.call('MEMORY', 'USAGE', key, 'SAMPLES', '5'))
            > tonumber(ARGV[a + 2])) then
        return 0
    end
    return tonumber(ARGV[a + 1]) - length
end

local room, out, fresh = {}, {}, {}
for l = 1, lists do
    room[l], out[l], fresh[l] = room_of(l), 0, {}
end

local answers, put = {}, {}
for i = 1, n do
    local a = jobs + (i - 1) * 6
    local l, lock = tonumber(ARGV[a]), tonumber(ARGV[a + 3])
    local waits = tonumber(ARGV[a + 1]) > now
    if not waits and room[l] < 1 then
        answers[i] = '0'
        out[l] = out[l] + 1
    elseif lock > 0
        and not redis.call('SET', KEYS[lock], string.sub(ARGV[a + 2], 2, 17), 'NX', 'PX',
            ARGV[a + 4]) then
        answers[i] = 'u'
    else
        answers[i] = '1'
        put[#put + 1] = a
        room[l] = room[l] - (waits and 0 or 1)
    end
end

local seq = redis.call('HINCRBY', KEYS[1], 'seq', #put) - #put
local soonest = math.huge
for i, a in ipairs(put) do
    local l, due = tonumber(ARGV[a]), tonumber(ARGV[a + 1])
    local entry = ARGV[a + 2] .. struct.pack('>I6I6', now, seq + i - 1) .. ARGV[a + 5]
    if due > now then
        redis.call('ZADD', KEYS[2], due, entry)
        soonest = math.min(soonest, due)
    else
        fresh[l][#fresh[l] + 1] = entry
    end
end

local ready = 0
for l = 1, lists do
    if #fresh[l] > 0 then
        redis.call('RPUSH', KEYS[4 + l], unpack(fresh[l]))
        ready = ready + #fresh[l]
    end
    if out[l] > 0 then
        redis.call('HINCRBY', KEYS[1], 'spilled', out[l])
        if mode == 's' then
            redis.call('HINCRBY', KEYS[4], ARGV[l * 4], out[l])
        end
    end
end
if #put > 0 then
    redis.call('HINCRBY', KEYS[1], 'enq', #put)
end
-- Who sleeps knows when the first delayed one is due: a sooner one must wake somebody.
if soonest < math.huge
    and soonest <= tonumber(redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]) then
    ready = ready + 1
end
if ready > 0 then
    local rings = math.min(ready, 64 - redis.call('LLEN', KEYS[3]))
    for _ = 1, rings do
        redis.call('RPUSH', KEYS[3], '1')
    end
end
return table.concat(answers)
