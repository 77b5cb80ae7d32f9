-- What was answered to a request that came with an Idempotency-Key, written in the
-- transaction of its effect, so that a second try changes nothing and hears the same.
-- Kept for 72 hours.
CREATE TABLE idempotency (
    staff_id  BIGINT       NOT NULL,
    name      VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    body_hash BINARY(32)   NOT NULL,
    made_at   DATETIME(6)  NOT NULL,
    status    INT          NOT NULL,
    type      VARCHAR(64)  NOT NULL,
    etag      VARCHAR(64)  NOT NULL,
    location  VARCHAR(255) NOT NULL,
    answer    MEDIUMBLOB   NOT NULL,
    PRIMARY KEY (staff_id, name),
    KEY by_age (made_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_unicode_520_ci;
