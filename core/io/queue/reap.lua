#!lua flags=allow-oom
-- A worker is gone: what it held goes back to the heads of its lists in the old order.
-- KEYS  as turn.lua: 1 i:<wid>  2 w  3 z  4 own  5 bell  6 c  7 d  8..41 the lists
-- ARGV  wid, force (0 or 1), the id to blame or '', crashes allowed, the letter of what
--       the blamed one then died of
-- Returns {moved, poisoned}; moved is -1 while the lease lives and force is 0.
local wid, blame, most = ARGV[1], ARGV[3], tonumber(ARGV[4])
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local lease = redis.call('ZSCORE', KEYS[2], wid)
if ARGV[2] == '0' and lease and tonumber(lease) > now then
    return {-1, 0}
end
local held = redis.call('HVALS', KEYS[1])
local function number(e) -- of what is no entry: none
    return #e >= 32 and struct.unpack('>I6', e, 27) or 0
end
table.sort(held, function(a, b) return number(a) > number(b) end)
local moved, poisoned = 0, 0
for _, e in ipairs(held) do
    local list = #e >= 32 and KEYS[8 + string.byte(e, 18)]
    local crashes = string.byte(e, 20) or 0
    if string.sub(e, 2, 17) == blame then
        crashes = math.min(15, crashes + 1)
        e = string.sub(e, 1, 19) .. string.char(crashes) .. string.sub(e, 21)
    end
    if crashes >= most or not list then
        redis.call('RPUSH', KEYS[7], (ARGV[5] or 'p') .. e)
        poisoned = poisoned + 1
    else
        redis.call('LPUSH', list, e)
        moved = moved + 1
    end
end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], wid)
local flat = redis.call('HGETALL', KEYS[4])
for i = 1, #flat, 2 do
    local blocked, who = string.match(flat[i + 1], '^%d+:(%d+):(.*)$')
    if who == wid and tonumber(blocked) <= now then
        redis.call('HDEL', KEYS[4], flat[i])
    elseif who == wid then
        redis.call('HSET', KEYS[4], flat[i], '0:' .. blocked .. ':' .. who)
    end
end
if moved > 0 then
    redis.call('HINCRBY', KEYS[6], 'reaped', moved)
    for _ = 1, math.min(moved, 64 - redis.call('LLEN', KEYS[5])) do
        redis.call('RPUSH', KEYS[5], '1')
    end
end
if poisoned > 0 then
    redis.call('HINCRBY', KEYS[6], 'poison', poisoned)
end
return {moved, poisoned}
