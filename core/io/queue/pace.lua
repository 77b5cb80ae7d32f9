#!lua flags=allow-oom
-- May this message leave now?
-- KEYS  1 freeze of its lane  2 its chat  3 the bot's bulk rate  4 how slow it was made
-- ARGV  chat: us a message, us of burst (0, 0: no chat); bulk: us a message, messages at
--       once (0, 0: not bulk); us in which a rate that was halved is whole again
-- Returns the milliseconds to wait; 0: go, and it is counted.
--
-- Both limits are kept as one number each, the time at which everything allowed so far
-- would be through at the even rate: a message may go while that is no more than the burst
-- ahead of now.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]

local frozen = redis.call('PTTL', KEYS[1])
if frozen > 0 then
    return frozen
end

local function ahead(key, burst)
    local through = math.max(now, tonumber(redis.call('GET', key) or 0))
    return through, math.ceil((through - now - burst) / 1000)
end

local function count(key, through, each)
    through = through + each
    redis.call('SET', key, string.format('%d', through), 'PX',
        math.ceil((through - now) / 1000))
end

local chat_each, bulk_each = tonumber(ARGV[1]), tonumber(ARGV[3])
local chat, chat_wait = 0, 0
local bulk, bulk_wait = 0, 0
if chat_each > 0 then
    chat, chat_wait = ahead(KEYS[2], tonumber(ARGV[2]))
end
if bulk_each > 0 then
    local slow = redis.call('GET', KEYS[4])
    if slow then
        local from, since = string.match(slow, '(%d+):(%d+)')
        local share = from + (1000 - from) * (now - since) / ARGV[5]
        bulk_each = math.ceil(bulk_each * 1000 / math.max(1, math.min(share, 1000)))
    end
    bulk, bulk_wait = ahead(KEYS[3], bulk_each * (ARGV[4] - 1))
end
local wait = math.max(chat_wait, bulk_wait, 0)
if wait > 0 then
    return wait
end
if chat_each > 0 then
    count(KEYS[2], chat, chat_each)
end
if bulk_each > 0 then
    count(KEYS[3], bulk, bulk_each)
end
return 0
