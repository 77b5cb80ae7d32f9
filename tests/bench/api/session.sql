SET SESSION foreign_key_checks = 0, unique_checks = 0, sql_mode = 'STRICT_ALL_TABLES',
    time_zone = '+00:00', group_concat_max_len = 65536, innodb_lock_wait_timeout = 600,
    tx_isolation = 'READ-COMMITTED';
