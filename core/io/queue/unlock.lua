#!lua flags=allow-oom
-- A unique job is over: its lock goes, unless it lapsed and is another's by now.
-- KEYS  1 the lock    ARGV  the job's id
if redis.call('GET', KEYS[1]) == ARGV[1] then
    return redis.call('DEL', KEYS[1])
end
return 0
