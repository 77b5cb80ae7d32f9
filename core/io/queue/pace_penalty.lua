#!lua flags=allow-oom
-- Telegram said 429, or refused the bot: nobody may send there for so long.
-- KEYS  1 2 3 freezes of the lanes interactive, triggered, broadcast  4 the last 429
--       5 its chat  6 how slow the bulk rate was made
-- ARGV  lane (1..3; 0: all), chat (0: none), ms, us of a chat's burst, ms in which a
--       second chat's 429 means that it is not the chat's fault; us in which a rate that
--       was halved is whole again, the least of a thousand that is left of it
-- Returns 1 when it froze more than its lane.
-- A freeze is never shortened. The first 429 of a broadcast after a thaw halves the bulk
-- rate; those of the requests that were under way with it say the same once more.
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
if lane == 3 and redis.call('PTTL', KEYS[3]) <= 0 then
    local slow, share = redis.call('GET', KEYS[6]), 1000
    if slow then
        local from, since = string.match(slow, '(%d+):(%d+)')
        share = math.min(1000, from + (1000 - from) * (now - since) / ARGV[6])
    end
    share = math.max(tonumber(ARGV[7]), math.floor(share / 2))
    -- It grows from the thaw on.
    redis.call('SET', KEYS[6], string.format('%d:%d', share, now + ms * 1000), 'PX',
        ms + math.ceil(ARGV[6] / 1000))
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
