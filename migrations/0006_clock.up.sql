-- The clock and the queue's upkeep: who leads, what is paused or cancelled, and a history
-- that is dropped by the day.

-- Who of the schedulers does the work. Only an economy: cron_tick keeps ticks single.
CREATE TABLE leader (
    name  VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    owner VARCHAR(96) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    term  BIGINT      NOT NULL COMMENT 'one more with each new owner',
    until DATETIME(6) NOT NULL COMMENT 'by the clock of the database',
    PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Jobs that somebody asked not to run, or to stop.
CREATE TABLE job_cancel (
    id       BINARY(16)  NOT NULL,
    asked_at DATETIME(6) NOT NULL,
    asked_by VARCHAR(96) NOT NULL,
    PRIMARY KEY (id),
    KEY by_time (asked_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- What stands still until somebody lets it go on.
CREATE TABLE job_pause (
    what  ENUM ('lane', 'kind', 'bot') CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name  VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    since DATETIME(6) NOT NULL,
    who   VARCHAR(96) NOT NULL,
    PRIMARY KEY (what, name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- The newest first, and of one moment by id: over partitions no server takes the primary
-- key that ends each index into account by itself.
ALTER TABLE job_hist
    MODIFY outcome ENUM ('done', 'retry', 'dead', 'cancelled', 'expired')
        CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    DROP KEY by_time,
    ADD KEY by_time (at, id);
ALTER TABLE job_dead
    MODIFY reason ENUM ('tries', 'poison', 'unknown', 'timeout', 'cancelled', 'expired')
        CHARACTER SET ascii COLLATE ascii_bin NOT NULL;

-- A partition a day, named after the last day it holds: what was there goes into that of
-- yesterday, the days to come have theirs already, and what lies behind them all fits the
-- last one. core/io/history.h makes the next days and drops the old ones.
SET @history = CONCAT(
    'ALTER TABLE job_hist PARTITION BY RANGE COLUMNS (at) (PARTITION p',
    DATE_FORMAT(UTC_DATE() - INTERVAL 1 DAY, '%Y%m%d'),
    ' VALUES LESS THAN (''', UTC_DATE(), '''), PARTITION p',
    DATE_FORMAT(UTC_DATE(), '%Y%m%d'),
    ' VALUES LESS THAN (''', UTC_DATE() + INTERVAL 1 DAY, '''), PARTITION p',
    DATE_FORMAT(UTC_DATE() + INTERVAL 1 DAY, '%Y%m%d'),
    ' VALUES LESS THAN (''', UTC_DATE() + INTERVAL 2 DAY, '''), PARTITION p',
    DATE_FORMAT(UTC_DATE() + INTERVAL 2 DAY, '%Y%m%d'),
    ' VALUES LESS THAN (''', UTC_DATE() + INTERVAL 3 DAY, '''), PARTITION later',
    ' VALUES LESS THAN (MAXVALUE))');
PREPARE history FROM @history;
EXECUTE history;
DEALLOCATE PREPARE history;
