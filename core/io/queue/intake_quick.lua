#!lua flags=allow-oom
-- Runs behind the RPUSH of ready entries, all in one MULTI: lets them stand, or takes all
-- of them back for intake.lua to do it the sure way. See bots/intake_send.c.
-- KEYS  1 c  2 bell  3.. the bitmaps, then the lists
-- ARGV  n, longest list, most bytes of one, number of the first entry, stamp; how many
--       bitmaps, how many of the updates each has; how many lists, for each: entries pushed,
--       1 when its length and bytes are to be looked at; then the updates' bits
-- Returns "k" (kept) or "u" (undone), then ":<next number>:<now in ms>"
local n, longest = tonumber(ARGV[1]), tonumber(ARGV[2])
local most = tonumber(ARGV[3])
local groups = tonumber(ARGV[6])
local lists = tonumber(ARGV[7 + groups])
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local seq = tonumber(redis.call('HGET', KEYS[1], 'seq') or '0')
local fine = seq == tonumber(ARGV[4]) and math.abs(tonumber(ARGV[5]) - now) <= 50

for l = 1, lists do
    local key = KEYS[2 + groups + l]
    if ARGV[7 + groups + l * 2] == '1' and (redis.call('LLEN', key) > longest
        or tonumber(redis.call('MEMORY', 'USAGE', key, 'SAMPLES', '5')) > most) then
        fine = false
    end
end

-- Numbers would be printed as decimal fractions on their way: hence '1'.
local first, was, ops = 8 + groups + lists * 2, {}, {}
local at = first
for g = 1, fine and groups or 0 do
    local key, m = KEYS[2 + g], tonumber(ARGV[6 + g])
    for j = 1, m do
        local o = j * 4
        ops[o - 3], ops[o - 2], ops[o - 1], ops[o] = 'SET', 'u1', ARGV[at + j - 1], '1'
    end
    was[g] = redis.call('BITFIELD', key, unpack(ops, 1, m * 4))
    for j = 1, m do
        fine = fine and was[g][j] == 0
    end
    at = at + m
    if redis.call('TTL', key) < 90000 then
        redis.call('EXPIRE', key, 93600)
    end
end

if not fine then
    at = first
    for g = 1, #was do
        for j, before in ipairs(was[g]) do
            if before == 0 then
                redis.call('SETBIT', KEYS[2 + g], ARGV[at + j - 1], 0)
            end
        end
        at = at + #was[g]
    end
    for l = 1, lists do
        redis.call('RPOP', KEYS[2 + groups + l], ARGV[6 + groups + l * 2])
    end
    return string.format('u:%d:%d', seq, now)
end
redis.call('HINCRBY', KEYS[1], 'seq', n)
redis.call('HINCRBY', KEYS[1], 'enq', n)
for _ = 1, math.min(n, 64 - redis.call('LLEN', KEYS[2])) do
    redis.call('RPUSH', KEYS[2], '1')
end
return string.format('k:%d:%d', seq + n, now)
