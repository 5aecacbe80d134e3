-- Nobody expires before this much time has passed.
redis.call('SET', KEYS[1], string.format('%d', clock(ARGV[1]) + tonumber(ARGV[2])), 'PX', ARGV[2])
