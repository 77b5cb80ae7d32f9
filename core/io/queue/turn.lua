#!lua flags=allow-oom
-- One turn of one worker: settle what it finished, promote what is due, lease more.
-- allow-oom: a Redis that is full must still be drained.
-- KEYS  1 i:<wid>  2 w  3 z  4 own  5 bell  6 c  7 d  8..41 the lists 0..33
-- ARGV  wid, want, lease ms, n, then for each result: id, outcome, wait ms
--       outcome A done, R failed, N given back, D dead; in the order of the lease
-- Returns {fenced, nap ms, entry, entry, …}
--
-- own: hot list -> "count:blocked until:wid": how many of its entries the wid holds, and
-- until when nobody may take from it, as its head waits to be tried again.
local wid, want = ARGV[1], tonumber(ARGV[2])
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local nap, fenced = 1000, 0
local counted = {}

local function count(what)
    counted[what] = (counted[what] or 0) + 1
end

local own = {}
do
    local flat = redis.call('HGETALL', KEYS[4])
    for i = 1, #flat, 2 do
        local held, blocked, who = string.match(flat[i + 1], '^(%d+):(%d+):(.*)$')
        own[flat[i]] = {held = tonumber(held), blocked = tonumber(blocked), who = who}
    end
end

local function own_save(list)
    local o = own[list]
    if o.held == 0 and o.blocked <= now then
        redis.call('HDEL', KEYS[4], list)
        own[list] = nil
    else
        redis.call('HSET', KEYS[4], list, o.held .. ':' .. o.blocked .. ':' .. o.who)
    end
end

-- 1. settle. What goes back to a head is pushed from the last to the first, so that the
-- first is the head again.
local back, touched = {}, {}
for i = 0, tonumber(ARGV[4]) - 1 do
    local id, code, wait = ARGV[5 + i * 3], ARGV[6 + i * 3], tonumber(ARGV[7 + i * 3])
    local e = redis.call('HGET', KEYS[1], id)
    if not e then
        fenced = fenced + 1
    else
        local list = string.sub(e, 30, 31)
        redis.call('HDEL', KEYS[1], id)
        count(code)
        if own[list] and own[list].who == wid then
            own[list].held = math.max(0, own[list].held - 1)
            touched[list] = true
        end
        if code == 'D' then
            redis.call('RPUSH', KEYS[7], 't' .. e)
        elseif code == 'R' or code == 'N' then
            if code == 'R' then
                local tries = math.min(255, tonumber(string.sub(e, 27, 28), 16) + 1)
                e = string.sub(e, 1, 26) .. string.format('%02x', tries) .. string.sub(e, 29)
            end
            if tonumber(list) >= 16 and wait > 0 then
                redis.call('ZADD', KEYS[3], now + wait, e)
            else
                back[#back + 1] = {list = list, entry = e}
                if wait > 0 then
                    local o = own[list] or {held = 0, blocked = 0, who = wid}
                    o.blocked = math.max(o.blocked, now + wait)
                    own[list] = o
                    touched[list] = true
                end
            end
        end
    end
end
for i = #back, 1, -1 do
    redis.call('LPUSH', KEYS[8 + tonumber(back[i].list)], back[i].entry)
end
for list in pairs(touched) do
    own_save(list)
end

-- 2. promote: due entries get a new stamp, as their list is in the order of stamps.
local due = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 128)
if #due > 0 then
    local seq = redis.call('HINCRBY', KEYS[6], 'seq', #due) - #due
    for i, e in ipairs(due) do
        redis.call('ZREM', KEYS[3], e)
        redis.call('RPUSH', KEYS[8 + tonumber(string.sub(e, 30, 31))], string.sub(e, 1, 31)
            .. string.format('%013d%010x', now, seq + i - 1) .. string.sub(e, 55))
    end
end

-- 3. lease. Sixteen turns in a row go H 8, N 4, B 2, L 2; a lane with nothing to give is
-- passed over, so the others share its turns.
local pattern = 'HNHBHNHLHNHBHNHL'
local taken, dry, hot_dry, hot_taken = {}, {}, {}, {}
local turn = 0
if want > 0 then
    turn = redis.call('HINCRBY', KEYS[6], 'turn', want) - want
end

local function take(list)
    local e = redis.call('LPOP', KEYS[8 + list])
    if not e then
        return nil
    end
    if redis.call('HSET', KEYS[1], string.sub(e, 1, 26), e) == 0 then
        count('collapsed')
        return true
    end
    taken[#taken + 1] = e
    return true
end

local function take_hot()
    for i = 0, 15 do
        local list = (turn + i) % 16
        local name = string.format('%02d', list)
        local o = own[name]
        if not hot_dry[list] then
            if o and o.held > 0 and o.who ~= wid and not redis.call('ZSCORE', KEYS[2], o.who) then
                o.held = 0 -- its owner is gone without a trace
            end
            if o and o.blocked > now then
                nap = math.min(nap, o.blocked - now)
                hot_dry[list] = true
            elseif (o and o.held > 0 and o.who ~= wid) or (hot_taken[list] or 0) >= 4 then
                hot_dry[list] = true
            else
                local before = #taken
                if take(list) then
                    if #taken > before then
                        o = own[name] or {held = 0, blocked = 0, who = wid}
                        o.held, o.who = o.held + 1, wid
                        own[name] = o
                        hot_taken[list] = (hot_taken[list] or 0) + 1
                    end
                    return true
                end
                hot_dry[list] = true
            end
        end
    end
    return nil
end

local function take_bulk()
    for i = 0, 15 do
        if take(18 + (turn + i) % 16) then
            return true
        end
    end
    return nil
end

while #taken < want do
    local lane = string.sub(pattern, turn % 16 + 1, turn % 16 + 1)
    if dry.H and dry.N and dry.B and dry.L then
        break
    end
    turn = turn + 1
    if not dry[lane] then
        local got
        if lane == 'H' then
            got = take_hot()
        elseif lane == 'N' then
            got = take(16)
        elseif lane == 'L' then
            got = take(17)
        else
            got = take_bulk()
        end
        dry[lane] = not got
    end
end
for list in pairs(hot_taken) do
    own_save(string.format('%02d', list))
end

-- 4. the lease: a worker is in w exactly while it holds something.
if redis.call('HLEN', KEYS[1]) > 0 then
    redis.call('ZADD', KEYS[2], now + tonumber(ARGV[3]), wid)
else
    redis.call('ZREM', KEYS[2], wid)
end
if #back > 0 and want == 0 and redis.call('LLEN', KEYS[5]) < 64 then
    redis.call('RPUSH', KEYS[5], '1')
end

local next_due = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
if next_due[2] then
    nap = math.max(1, math.min(nap, tonumber(next_due[2]) - now))
end
for what, n in pairs(counted) do
    redis.call('HINCRBY', KEYS[6], what, n)
end
if #taken > 0 then
    redis.call('HINCRBY', KEYS[6], 'lease', #taken)
end
if fenced > 0 then
    redis.call('HINCRBY', KEYS[6], 'fenced', fenced)
end
return {fenced, nap, unpack(taken)}
