#!lua flags=allow-oom
-- What may enter: sets how full Redis is, and opens lists whose kept-out jobs are all in.
-- KEYS  1 gate    ARGV  level, ms it is true for; then list (2 digits), how many were kept
--       out when it was last looked at: unless more have been since, it is open again
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
if ARGV[1] == '0' then
    redis.call('HDEL', KEYS[1], 'level', 'until')
else
    redis.call('HSET', KEYS[1], 'level', ARGV[1], 'until', now + tonumber(ARGV[2]))
end
for i = 3, #ARGV, 2 do
    if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
        redis.call('HDEL', KEYS[1], ARGV[i])
    end
end
return 1
