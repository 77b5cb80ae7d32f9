-- Jobs, the clock's memory, and settings.

-- Durable jobs that are not finished: put in the transaction of the fact they follow
-- from, deleted in the transaction of their effect. Small and busy.
CREATE TABLE job_open (
    id       BINARY(16)       NOT NULL,
    lane     SMALLINT         NOT NULL COMMENT 'pool * 100 + list',
    kind     VARCHAR(40)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    run_at   DATETIME(6)      NOT NULL COMMENT 'handed over then; parked: due then',
    parked   TINYINT          NOT NULL DEFAULT 0 COMMENT '1: nowhere in Redis until due',
    attempts TINYINT UNSIGNED NOT NULL DEFAULT 0,
    idk      VARBINARY(64)    NULL,
    root     VARBINARY(40)    NULL,
    parent   BINARY(16)       NULL,
    put_at   DATETIME(6)      NOT NULL,
    body     VARBINARY(1024)  NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY once (kind, idk),
    KEY due (lane, run_at, id),
    KEY parked (parked, run_at),
    KEY lineage (root)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- What became of each attempt.
CREATE TABLE job_hist (
    at      DATETIME(6)   NOT NULL,
    id      BINARY(16)    NOT NULL,
    kind    VARCHAR(40)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    attempt TINYINT UNSIGNED NOT NULL,
    outcome ENUM ('done', 'retry', 'dead') CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    ms      INT           NOT NULL,
    worker  VARCHAR(96)   CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    root    VARBINARY(40) NULL,
    parent  BINARY(16)    NULL,
    why     VARCHAR(200)  NOT NULL DEFAULT '',
    PRIMARY KEY (id, at),
    KEY lineage (root),
    KEY by_time (at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Jobs that wait for a person.
CREATE TABLE job_dead (
    id       BINARY(16)       NOT NULL,
    kind     VARCHAR(40)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    lane     SMALLINT         NOT NULL,
    attempts TINYINT UNSIGNED NOT NULL,
    crashes  TINYINT UNSIGNED NOT NULL,
    reason   ENUM ('tries', 'poison', 'unknown', 'timeout')
             CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    why      VARCHAR(200)     NOT NULL DEFAULT '',
    root     VARBINARY(40)    NULL,
    parent   BINARY(16)       NULL,
    put_at   DATETIME(6)      NOT NULL,
    died_at  DATETIME(6)      NOT NULL,
    body     MEDIUMBLOB       NOT NULL,
    PRIMARY KEY (id),
    KEY by_time (died_at),
    KEY by_kind (kind, died_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- A tick of a schedule happens once, however many schedulers run: the key says so.
CREATE TABLE cron_tick (
    schedule VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    due      DATETIME(6) NOT NULL,
    fired_at DATETIME(6) NOT NULL,
    PRIMARY KEY (schedule, due),
    KEY fired (fired_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Updates whose effect has been committed.
CREATE TABLE update_seen (
    bot       VARCHAR(8)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    update_id BIGINT      NOT NULL,
    at        DATETIME(6) NOT NULL,
    PRIMARY KEY (bot, update_id),
    KEY by_time (at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

-- Only what differs from the defaults in core/setting_table.c.
CREATE TABLE settings (
    name       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    value      TEXT        NOT NULL,
    version    INT         NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    updated_by VARCHAR(96) NOT NULL,
    PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;

CREATE TABLE settings_history (
    name       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version    INT         NOT NULL,
    value      TEXT        NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    updated_by VARCHAR(96) NOT NULL,
    PRIMARY KEY (name, version)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
