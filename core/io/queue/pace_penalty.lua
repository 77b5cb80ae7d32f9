#!lua flags=allow-oom
-- Telegram said 429, or refused the bot: nobody may send there for so long.
-- KEYS  1 2 3 freezes of the lanes interactive, triggered, broadcast  4 the last 429
--       5 its chat
-- ARGV  lane (1..3; 0: all), chat (0: none), ms, us of a chat's burst, ms in which a
--       second chat's 429 means that it is not the chat's fault
-- Returns 1 when it froze more than its lane.
-- A freeze is never shortened.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local lane, chat, ms = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local wide = 0

local function freeze(key)
    if redis.call('PTTL', key) < ms then
        redis.call('SET', key, '1', 'PX', ms)
    end
end

if lane == 0 then
    freeze(KEYS[1])
    freeze(KEYS[2])
    freeze(KEYS[3])
    return 1
end
freeze(KEYS[lane])
if chat ~= '0' then
    local last = redis.call('GET', KEYS[4])
    if last and last ~= chat then
        freeze(KEYS[2])
        freeze(KEYS[3])
        wide = 1
    end
    redis.call('SET', KEYS[4], chat, 'PX', ARGV[5])
    local free = now + ms * 1000 + tonumber(ARGV[4])
    if free > tonumber(redis.call('GET', KEYS[5]) or 0) then
        redis.call('SET', KEYS[5], string.format('%d', free), 'PX',
            math.ceil((free - now) / 1000))
    end
end
return wide
