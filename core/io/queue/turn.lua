#!lua flags=allow-oom
-- One turn of one worker: settle what it finished, promote what is due, lease more.
-- allow-oom: a Redis that is full must still be drained.
-- KEYS  1 i:<wid>  2 w  3 z  4 own  5 bell  6 c  7 d  8..41 the lists 0..33
--       or, a short turn: 8, 9 the lists 16 and 17; its results are A or D only
-- ARGV  want, lease ms, its wear ms, lanes not to lease from ("HNLB" or a part of it),
--       n, then for each result: id, outcome, wait ms
--       outcome A done, R failed, N given back, D dead; in the order of the lease
-- Returns {fenced, nap ms, 1 when the next may be a short one, entry, entry, …}
--
-- A short turn looks at neither hot nor bulk lists, nor at what is due: a whole one did
-- a moment ago and found none. It is what most turns of a busy worker are, and names 9
-- keys instead of 41.
--
-- own: hot list -> "count:blocked until:wid": how many of its entries the wid holds, and
-- until when nobody may take from it, as its head waits to be tried again.
local wid = string.sub(KEYS[1], #KEYS[2] + 2) -- w and i:<wid> begin alike
local want = tonumber(ARGV[1])
local short = #KEYS == 9
local first_list = short and 8 - 16 or 8 -- KEYS[first_list + n] is list n
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local nap, fenced = 1000, 0
local counted = {}

local function count(what)
    counted[what] = (counted[what] or 0) + 1
end

-- Mostly neither list has an owner nor is anything delayed: one look for both.
local some = redis.call('EXISTS', KEYS[4], KEYS[3]) > 0

local own = {}
if some then
    local flat = redis.call('HGETALL', KEYS[4])
    for i = 1, #flat, 2 do
        local held, blocked, who = string.match(flat[i + 1], '^(%d+):(%d+):(.*)$')
        own[tonumber(flat[i])] = {
            held = tonumber(held), blocked = tonumber(blocked), who = who}
    end
end

local function own_save(list)
    local o, name = own[list], string.format('%02d', list)
    if o.held == 0 and o.blocked <= now then
        redis.call('HDEL', KEYS[4], name)
        own[list] = nil
    else
        redis.call('HSET', KEYS[4], name, o.held .. ':' .. o.blocked .. ':' .. o.who)
    end
end

-- 1. settle. What goes back to a head is pushed from the last to the first, so that the
-- first is the head again.
local back, touched = {}, {}
local settled, entries = {}, {}
for i = 1, tonumber(ARGV[5]) do
    settled[i] = ARGV[3 + i * 3]
end
if #settled > 0 then
    entries = redis.call('HMGET', KEYS[1], unpack(settled))
    redis.call('HDEL', KEYS[1], unpack(settled))
end
for i, id in ipairs(settled) do
    local e, code, wait = entries[i], ARGV[4 + i * 3], tonumber(ARGV[5 + i * 3])
    if not e or settled[id] then
        fenced = fenced + 1
    else
        local list = string.byte(e, 18)
        settled[id] = true
        count(code)
        if own[list] and own[list].who == wid then
            own[list].held = math.max(0, own[list].held - 1)
            touched[list] = true
        end
        if code == 'D' then
            redis.call('RPUSH', KEYS[7], 't' .. e)
        elseif code == 'R' or code == 'N' then
            if code == 'R' then
                local tries = math.min(255, string.byte(e, 19) + 1)
                e = string.sub(e, 1, 18) .. string.char(tries) .. string.sub(e, 20)
            end
            if list >= 16 and wait > 0 then
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
    redis.call('LPUSH', KEYS[8 + back[i].list], back[i].entry)
end
for list in pairs(touched) do
    own_save(list)
end

-- 2. promote: due entries get a new stamp, as their list is in the order of stamps.
local first_due = some and not short and redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')[2]
if first_due and tonumber(first_due) <= now then
    local due = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 128)
    local seq = redis.call('HINCRBY', KEYS[6], 'seq', #due) - #due
    for i, e in ipairs(due) do
        redis.call('ZREM', KEYS[3], e)
        local list = KEYS[8 + (string.byte(e, 18) or 99)]
        e = list and string.sub(e, 1, 20)
            .. struct.pack('>I6I6', now, seq + i - 1) .. string.sub(e, 33)
            or 't' .. e -- no entry: aside
        redis.call('RPUSH', list or KEYS[7], e)
    end
end

-- 3. lease. Sixteen turns in a row go H 8, N 4, B 2, L 2; a lane with nothing to give is
-- passed over, so the others share its turns.
local pattern = 'HNHBHNHLHNHBHNHL'
local taken, dry, hot_dry, hot_taken = {}, {}, {}, {}
local turn = 0
for lane in string.gmatch(ARGV[4], '.') do
    dry[lane] = true
end
if short then
    dry.H, dry.B = true, true
end
if want > 0 then -- the count of leases is the turn, too; put right below
    turn = redis.call('HINCRBY', KEYS[6], 'lease', want) - want
end

local function take(list)
    local e = redis.call('LPOP', KEYS[first_list + list])
    if not e then
        return nil
    end
    if redis.call('HSET', KEYS[1], string.sub(e, 2, 17), e) == 0 then
        count('collapsed')
        return true
    end
    taken[#taken + 1] = e
    return true
end

-- The rest of a lease from the one lane that has anything: two calls for all of it. Only
-- when nothing was held before, so that a second entry of an id can be told here.
local function take_rest(list)
    local got = redis.call('LPOP', KEYS[first_list + list], want - #taken)
    if not got then
        return
    end
    local fields, mine = {}, {}
    for _, e in ipairs(taken) do
        mine[string.sub(e, 2, 17)] = true
    end
    for _, e in ipairs(got) do
        local id = string.sub(e, 2, 17)
        if mine[id] then
            count('collapsed')
        else
            mine[id] = true
            fields[#fields + 1], fields[#fields + 2] = id, e
            taken[#taken + 1] = e
        end
    end
    if #fields > 0 then
        redis.call('HSET', KEYS[1], unpack(fields))
    end
end

-- One look at sixteen lists, where there is mostly nothing.
local none = {}
local function none_of(first, last)
    none[first] = redis.call('EXISTS', unpack(KEYS, 8 + first, 8 + last)) == 0
    return none[first]
end

local function take_hot()
    if none_of(0, 15) then
        return nil
    end
    local first = math.floor(turn / 2) -- the hot lane has every second turn
    for i = 0, 15 do
        local list = (first + i) % 16
        local o = own[list]
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
                        o = own[list] or {held = 0, blocked = 0, who = wid}
                        o.held, o.who = o.held + 1, wid
                        own[list] = o
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
    if none_of(18, 33) then
        return nil
    end
    local first = math.floor(turn / 8) -- the bulk lane has every eighth turn
    for i = 0, 15 do
        if take(18 + (first + i) % 16) then
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
        if dry.H and dry.B and (dry.N or dry.L) and want - #taken > 2
            and redis.call('HLEN', KEYS[1]) == #taken then
            take_rest(lane == 'N' and 16 or 17)
            break
        elseif lane == 'H' then
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
    own_save(list)
end

-- 4. the lease: a worker is in w exactly while it holds something. One that is hardly worn
-- is as good as new, and costs no write.
if #taken > 0 or redis.call('HLEN', KEYS[1]) > 0 then
    local lease = now + tonumber(ARGV[2])
    local had = redis.call('ZSCORE', KEYS[2], wid)
    if not had or tonumber(had) < lease - tonumber(ARGV[3]) then
        redis.call('ZADD', KEYS[2], lease, wid)
    end
else
    redis.call('ZREM', KEYS[2], wid)
end
if #back > #taken and redis.call('LLEN', KEYS[5]) < 64 then -- for others, who may be idle
    redis.call('RPUSH', KEYS[5], '1')
end

if #taken == 0 then
    local next_due = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')[2]
    nap = next_due and math.max(1, math.min(nap, tonumber(next_due) - now)) or nap
end
for what, n in pairs(counted) do
    redis.call('HINCRBY', KEYS[6], what, n)
end
if #taken < want then
    redis.call('HINCRBY', KEYS[6], 'lease', #taken - want)
end
if fenced > 0 then
    redis.call('HINCRBY', KEYS[6], 'fenced', fenced)
end

-- 5. were the lists that a short turn leaves out empty?
if not short and none[0] == nil then
    none_of(0, 15)
end
if none[0] and none[18] == nil then
    none_of(18, 33)
end
return {fenced, nap, none[0] and none[18] and 1 or 0, unpack(taken)}
