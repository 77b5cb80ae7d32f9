-- What customers decide for themselves: fewer messages, a new account, their data gone;
-- and their words with the shop.

ALTER TABLE customer
    ADD COLUMN person_id BIGINT NULL
        COMMENT 'the first row this identity had, when it was erased or moved before',
    ADD COLUMN marketing_rare TINYINT NOT NULL DEFAULT 0;

-- A keyed hash of who is gone, so that «once for life» stays true; nothing else of them.
CREATE TABLE customer_gone (
    identity BINARY(32) NOT NULL PRIMARY KEY,
    person_id BIGINT NOT NULL,
    at DATETIME(6) NOT NULL,
    KEY ix_customer_gone_person (person_id),
    CONSTRAINT fk_customer_gone_person FOREIGN KEY (person_id) REFERENCES customer (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Erasures that were asked for and wait for their day; gone when called off.
CREATE TABLE erasure_due (
    customer_id BIGINT NOT NULL PRIMARY KEY,
    asked_at DATETIME(6) NOT NULL,
    due_at DATETIME(6) NOT NULL,
    KEY ix_erasure_due (due_at),
    CONSTRAINT fk_erasure_due_customer FOREIGN KEY (customer_id) REFERENCES customer (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- The code by which an account moves; of the code only its SHA-256.
CREATE TABLE move_code (
    customer_id BIGINT NOT NULL PRIMARY KEY,
    code_hash BINARY(32) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    UNIQUE KEY uq_move_code (code_hash),
    CONSTRAINT fk_move_code_customer FOREIGN KEY (customer_id) REFERENCES customer (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- How often a customer did on one day what may be done a few times a day.
CREATE TABLE customer_quota (
    customer_id BIGINT NOT NULL,
    what TINYINT NOT NULL,
    day DATE NOT NULL,
    n INT NOT NULL,
    PRIMARY KEY (customer_id, what, day),
    KEY ix_customer_quota_day (day),
    CONSTRAINT fk_customer_quota FOREIGN KEY (customer_id) REFERENCES customer (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- One open thread a customer: open_one is their id while it is open, else NULL.
CREATE TABLE support_thread (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id BIGINT NOT NULL,
    redemption_id BIGINT NULL COMMENT 'what it is about: "this was not me"',
    opened_at DATETIME(6) NOT NULL,
    last_at DATETIME(6) NOT NULL,
    closed_at DATETIME(6) NULL,
    closed_by BIGINT NULL,
    open_one BIGINT GENERATED ALWAYS AS
        (CASE WHEN closed_at IS NULL THEN customer_id END) STORED,
    UNIQUE KEY uq_support_thread_open (open_one),
    KEY ix_support_thread_customer (customer_id, id),
    KEY ix_support_thread_redemption (redemption_id),
    KEY ix_support_thread_closer (closed_by),
    KEY ix_support_thread_last (last_at),
    CONSTRAINT fk_support_thread_customer FOREIGN KEY (customer_id)
        REFERENCES customer (id),
    CONSTRAINT fk_support_thread_redemption FOREIGN KEY (redemption_id)
        REFERENCES redemption (id),
    CONSTRAINT fk_support_thread_closer FOREIGN KEY (closed_by) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE support_line (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    thread_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    staff_id BIGINT NULL COMMENT 'who answered; NULL: the customer wrote',
    photo TINYINT NOT NULL DEFAULT 0,
    words TEXT NOT NULL,
    at DATETIME(6) NOT NULL,
    KEY ix_support_line_thread (thread_id, id),
    KEY ix_support_line_customer (customer_id, id),
    KEY ix_support_line_staff (staff_id),
    KEY ix_support_line_at (at),
    CONSTRAINT fk_support_line_thread FOREIGN KEY (thread_id)
        REFERENCES support_thread (id),
    CONSTRAINT fk_support_line_customer FOREIGN KEY (customer_id)
        REFERENCES customer (id),
    CONSTRAINT fk_support_line_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Which message belongs to which thread, so that a reply to it finds its way.
CREATE TABLE support_copy (
    message_id BIGINT NOT NULL PRIMARY KEY,
    thread_id BIGINT NOT NULL,
    KEY ix_support_copy_thread (thread_id),
    CONSTRAINT fk_support_copy_message FOREIGN KEY (message_id)
        REFERENCES message (id) ON DELETE CASCADE,
    CONSTRAINT fk_support_copy_thread FOREIGN KEY (thread_id)
        REFERENCES support_thread (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Whose words are no longer passed on.
CREATE TABLE support_block (
    customer_id BIGINT NOT NULL PRIMARY KEY,
    staff_id BIGINT NOT NULL,
    at DATETIME(6) NOT NULL,
    KEY ix_support_block_staff (staff_id),
    CONSTRAINT fk_support_block_customer FOREIGN KEY (customer_id)
        REFERENCES customer (id),
    CONSTRAINT fk_support_block_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
