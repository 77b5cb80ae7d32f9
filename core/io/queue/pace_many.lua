#!lua flags=allow-oom
-- Which of these messages may leave now? One to each chat, of one broadcast of a bot's.
-- KEYS  1 freeze of the lane  2 the bot's bulk rate  3 how slow it was made
--       4 the broadcast's own rate  5… the chats
-- ARGV  us a message to a chat  us a message of the rate (0: none)  messages at once
--       us in which a rate that was halved is whole again
--       us a message of its own rate (0: none)  messages at once
-- Returns the milliseconds after which to ask again (0: at once), and the numbers of
-- those that may go; these are counted.
--
-- A chat that got anything within the last of its seconds waits, so that no broadcast
-- stands in the way of an answer. A broadcast's own rate is a number of its own: in the
-- bot's, each of its messages would take the place of many of another's.
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local out = {0}

local frozen = redis.call('PTTL', KEYS[1])
if frozen > 0 then
    return {frozen}
end

local function rate(key, each, burst)
    local through = math.max(now, tonumber(redis.call('GET', key) or 0))
    return {key = key, each = each, through = through, before = through,
        most = now + each * (burst - 1)}
end

local chat_each, each = tonumber(ARGV[1]), tonumber(ARGV[2])
local slow = redis.call('GET', KEYS[3])
if slow then
    local from, since = string.match(slow, '(%d+):(%d+)')
    local share = from + (1000 - from) * (now - since) / ARGV[4]
    each = math.ceil(each * 1000 / math.max(1, math.min(share, 1000)))
end
local rates = {rate(KEYS[2], each, ARGV[3])}
if tonumber(ARGV[5]) > 0 then
    rates[2] = rate(KEYS[4], tonumber(ARGV[5]), ARGV[6])
end

-- The milliseconds until the slower of them lets another one go.
local function rates_wait()
    local us = 0
    for _, r in ipairs(rates) do
        us = math.max(us, r.through - r.most)
    end
    return math.ceil(us / 1000)
end

local chats = {}
for i = 5, #KEYS do
    chats[#chats + 1] = KEYS[i]
end
local busy = redis.call('MGET', unpack(chats))
local soonest
for i = 1, #chats do
    local free = tonumber(busy[i] or 0)
    if rates_wait() > 0 then
        break
    elseif free > now then
        soonest = math.min(soonest or free, free)
    else
        redis.call('SET', chats[i], string.format('%d', now + chat_each), 'PX',
            math.ceil(chat_each / 1000))
        for _, r in ipairs(rates) do
            r.through = r.through + r.each
        end
        out[#out + 1] = i
    end
end
for _, r in ipairs(rates) do
    if r.through > r.before then
        redis.call('SET', r.key, string.format('%d', r.through), 'PX',
            math.ceil((r.through - now) / 1000))
    end
end
out[1] = rates_wait()
if out[1] == 0 and #out == 1 and soonest then
    out[1] = math.max(1, math.ceil((soonest - now) / 1000))
end
return out
