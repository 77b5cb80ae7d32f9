#!lua flags=no-writes
-- One step through the names of the node that has KEYS[1]: those that match.
-- KEYS  1 w    ARGV  cursor, pattern
-- Returns {next cursor, {name, …}}
return redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', 1000)
