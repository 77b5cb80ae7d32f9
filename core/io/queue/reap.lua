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
table.sort(held, function(a, b) return string.sub(a, 45, 54) > string.sub(b, 45, 54) end)
local moved, poisoned = 0, 0
for _, e in ipairs(held) do
    local crashes = tonumber(string.sub(e, 29, 29), 16)
    if string.sub(e, 1, 26) == blame then
        crashes = math.min(15, crashes + 1)
        e = string.sub(e, 1, 28) .. string.format('%x', crashes) .. string.sub(e, 30)
    end
    if crashes >= most then
        redis.call('RPUSH', KEYS[7], (ARGV[5] or 'p') .. e)
        poisoned = poisoned + 1
    else
        redis.call('LPUSH', KEYS[8 + tonumber(string.sub(e, 30, 31))], e)
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
