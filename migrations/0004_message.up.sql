-- One row for each message that goes out: core/message.h draws its states.

CREATE TABLE message (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    state TINYINT NOT NULL,
    sender TINYINT NOT NULL,
    recipient BIGINT NOT NULL,
    customer_id BIGINT NULL,
    purpose TINYINT NOT NULL,
    on_unsure TINYINT NOT NULL,
    payload TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    external_id BIGINT NULL,
    why VARCHAR(120) NULL,
    root VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
    attempts INT NOT NULL DEFAULT 0,
    resends TINYINT NOT NULL DEFAULT 0 COMMENT 'claims while its fate was not known',
    created_at DATETIME(6) NOT NULL,
    claimed_at DATETIME(6) NULL,
    sent_at DATETIME(6) NULL,
    KEY ix_message_state (state, created_at),
    KEY ix_message_customer (customer_id, id),
    KEY ix_message_recipient (recipient, id),
    KEY ix_message_root (root),
    CONSTRAINT fk_message_customer FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT ck_message_state CHECK (state BETWEEN 1 AND 7),
    CONSTRAINT ck_message_payload CHECK (JSON_VALID(payload)),
    CONSTRAINT ck_message_sent CHECK (state <> 3 OR sent_at IS NOT NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;
