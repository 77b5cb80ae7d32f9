-- Segments: rules over customers, and fixed lists of them (core/segment/segment.h).

-- rule, hash: of kind 1; a fixed list (kind 2) has none. counted: as of counted_at; NULL:
-- not counted since it, or what it refers to, was changed.
CREATE TABLE segment (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(64) NOT NULL,
    description VARCHAR(500) NOT NULL DEFAULT '',
    kind TINYINT NOT NULL,
    rule MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    hash BINARY(32) NULL,
    version INT NOT NULL DEFAULT 1,
    counted BIGINT NULL,
    counted_at DATETIME(6) NULL,
    made_by BIGINT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY uq_segment_name (name),
    KEY ix_segment_hash (hash),
    KEY ix_segment_created (created_at, id),
    KEY ix_segment_updated (updated_at, id),
    KEY ix_segment_by (made_by),
    CONSTRAINT fk_segment_by FOREIGN KEY (made_by) REFERENCES staff (id),
    CONSTRAINT ck_segment_name CHECK (name <> ''),
    CONSTRAINT ck_segment_rule CHECK (
        (kind = 1 AND rule IS NOT NULL AND hash IS NOT NULL)
        OR (kind = 2 AND rule IS NULL AND hash IS NULL)),
    CONSTRAINT ck_segment_counted CHECK ((counted IS NULL) = (counted_at IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Which segments a rule names: none of them can be removed meanwhile.
CREATE TABLE segment_use (
    segment_id BIGINT NOT NULL,
    uses_id BIGINT NOT NULL,
    PRIMARY KEY (segment_id, uses_id),
    KEY ix_segment_use (uses_id, segment_id),
    CONSTRAINT fk_segment_use FOREIGN KEY (segment_id) REFERENCES segment (id)
        ON DELETE CASCADE,
    CONSTRAINT fk_segment_use_other FOREIGN KEY (uses_id) REFERENCES segment (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Who is on a fixed list.
CREATE TABLE segment_member (
    segment_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    at DATETIME(6) NOT NULL,
    PRIMARY KEY (segment_id, customer_id),
    KEY ix_segment_member (customer_id, segment_id),
    CONSTRAINT fk_segment_member FOREIGN KEY (segment_id) REFERENCES segment (id)
        ON DELETE CASCADE,
    CONSTRAINT fk_segment_member_customer FOREIGN KEY (customer_id)
        REFERENCES customer (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
