-- What came of giving a broadcast other words, or taking it back (core/broadcast/edit.h).

CREATE TABLE broadcast_edit (
    broadcast_id BIGINT NOT NULL,
    no BIGINT NOT NULL COMMENT 'the version of the broadcast that it made',
    does TINYINT NOT NULL,
    variant TINYINT NOT NULL COMMENT '0: any',
    done BIGINT NOT NULL DEFAULT 0,
    gone BIGINT NOT NULL DEFAULT 0,
    late BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    begun_at DATETIME(6) NOT NULL,
    ended_at DATETIME(6) NULL,
    PRIMARY KEY (broadcast_id, no),
    CONSTRAINT fk_broadcast_edit FOREIGN KEY (broadcast_id) REFERENCES broadcast (id),
    CONSTRAINT ck_broadcast_edit CHECK (does IN (1, 2))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
