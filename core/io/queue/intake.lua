#!lua
-- Puts updates on the hot lists of the logic pool, each update_id once.
-- KEYS  1 c (counters)  2 bell  3.. the bitmaps of update_ids and the hot lists needed
-- ARGV  1 how many updates  2 longest list  3 most bytes of one  4 guessed number of the
--       first  5 guessed stamp  6 how many bitmaps, then for each of them: its index in KEYS, how many of the
--       updates are its (in their order); then for each update: its bit, index of its list
--       in KEYS, entry
-- Returns "<a letter for each update>:<next number>:<now in ms>"; letters: 0 put, 1 known
--       already, 2 its list is full.
--
-- Lua reads every byte of every string it makes, so entries come ready, with the stamp and
-- the numbers that the caller expects; only where those are wrong are they made anew.
local n, longest, groups = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[6])
local most = tonumber(ARGV[3])
local at = 7 + groups * 2 -- the first update
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local seq = redis.call('HINCRBY', KEYS[1], 'seq', n) - n
local guessed = tonumber(ARGV[4]) == seq and math.abs(tonumber(ARGV[5]) - now) <= 50
local verdicts, key_of, lists = {}, {}, {}
local put = 0

-- One BITFIELD tests and sets the bits of a bitmap: of a doubled update_id the first is new.
local i = 0
for g = 7, at - 1, 2 do
    local key, m = KEYS[tonumber(ARGV[g])], tonumber(ARGV[g + 1])
    local ops = {}
    for j = 0, m - 1 do
        ops[j * 4 + 1], ops[j * 4 + 2] = 'SET', 'u1'
        ops[j * 4 + 3], ops[j * 4 + 4] = ARGV[at + (i + j) * 3], '1'
    end
    local was = redis.call('BITFIELD', key, unpack(ops))
    for j = 1, m do
        verdicts[i + j], key_of[i + j] = was[j], key
    end
    i = i + m
    -- A bit is kept 25 hours; a bitmap that lives longer anyway is left alone.
    if redis.call('TTL', key) < 90000 then
        redis.call('EXPIRE', key, 93600)
    end
end

for k = 1, n do
    if verdicts[k] == 0 then
        local a = at + (k - 1) * 3
        local entry = ARGV[a + 2]
        local entries = lists[ARGV[a + 1]]
        if not entries then
            entries = {}
            lists[ARGV[a + 1]] = entries
        end
        if not guessed then
            entry = string.sub(entry, 1, 20) .. struct.pack('>I6I6', now, seq + k - 1)
                .. string.sub(entry, 33)
        end
        entries[#entries + 1] = entry
        put = put + 1
    end
end

-- What a full list cannot take is taken back, the last ones first: it is as if it had
-- never come, and is sent again later.
local function take_back(list, key, count)
    redis.call('LTRIM', key, 0, -(count + 1))
    put = put - count
    for k = n, 1, -1 do
        local a = at + (k - 1) * 3
        if count > 0 and verdicts[k] == 0 and ARGV[a + 1] == list then
            redis.call('SETBIT', key_of[k], ARGV[a], 0)
            verdicts[k] = 2
            count = count - 1
            for twin = k + 1, n do -- sent twice in one batch: neither is there
                if key_of[twin] == key_of[k] and ARGV[at + (twin - 1) * 3] == ARGV[a] then
                    verdicts[twin] = 2
                end
            end
        end
    end
end

for list, entries in pairs(lists) do
    local key = KEYS[tonumber(list)]
    local length = redis.call('RPUSH', key, unpack(entries))
    if length > longest then
        take_back(list, key, math.min(#entries, length - longest))
    elseif length > 16
        and tonumber(redis.call('MEMORY', 'USAGE', key, 'SAMPLES', '5')) > most then
        take_back(list, key, #entries)
    end
end

if put > 0 then
    redis.call('HINCRBY', KEYS[1], 'enq', put)
    for _ = 1, math.min(put, 64 - redis.call('LLEN', KEYS[2])) do
        redis.call('RPUSH', KEYS[2], '1')
    end
end
return table.concat(verdicts) .. ':' .. string.format('%d:%d', seq + n, now)
