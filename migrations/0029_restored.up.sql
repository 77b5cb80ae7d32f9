-- Is this database the shop's, or a copy of it? core/broadcast/restored.h tells how that
-- is found out. One row, made when it is first looked at.

CREATE TABLE broadcast_mark (
    id TINYINT NOT NULL PRIMARY KEY,
    n BIGINT NOT NULL DEFAULT 0 COMMENT 'grows each minute, here and in Redis',
    redis_id VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    server VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    checked_at DATETIME(6) NOT NULL COMMENT 'by the clock of the database',
    held_at DATETIME(6) NULL,
    held_why TINYINT NOT NULL DEFAULT 0,
    confirmed_at DATETIME(6) NULL,
    confirmed_by BIGINT NULL,
    CONSTRAINT ck_broadcast_mark CHECK (id = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
