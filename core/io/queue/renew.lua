#!lua flags=allow-oom
-- The leases of a parent's children live on.
-- KEYS 1 w    ARGV lease ms, wid, wid, …
-- Returns for each wid 1 when it holds no lease (idle, or reaped), else 0.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local gone = {}
for i = 2, #ARGV do
    if redis.call('ZSCORE', KEYS[1], ARGV[i]) then
        redis.call('ZADD', KEYS[1], 'XX', now + tonumber(ARGV[1]), ARGV[i])
        gone[#gone + 1] = 0
    else
        gone[#gone + 1] = 1
    end
end
return gone
