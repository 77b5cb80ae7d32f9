-- What the shop's people do with customers from the panel.

-- staff_id: who entered it for the customer; evidence: what they saw or hold of it.
ALTER TABLE consent
    ADD COLUMN staff_id BIGINT NULL,
    ADD COLUMN evidence VARCHAR(200) NOT NULL DEFAULT '',
    ADD KEY ix_consent_staff (staff_id),
    ADD CONSTRAINT fk_consent_staff FOREIGN KEY (staff_id) REFERENCES staff (id);

-- Words somebody wrote to one customer, or (customer_id NULL) to those of a bulk action.
CREATE TABLE letter (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    customer_id BIGINT NULL,
    staff_id BIGINT NOT NULL,
    purpose TINYINT NOT NULL,
    body TEXT NOT NULL,
    made_at DATETIME(6) NOT NULL,
    KEY ix_letter_customer (customer_id, id),
    KEY ix_letter_staff (staff_id),
    KEY ix_letter_made (made_at),
    CONSTRAINT fk_letter_customer FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT fk_letter_staff FOREIGN KEY (staff_id) REFERENCES staff (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- One action on many customers, done by jobs, slice by slice. who is JSON: the filter, as
-- the API takes it; NULL: the rows of bulk_item. at_id: everybody up to that number has
-- been looked at; nobody above upto_id is.
CREATE TABLE bulk_task (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    staff_id BIGINT NOT NULL,
    action TINYINT NOT NULL,
    params TEXT NOT NULL,
    who TEXT NULL,
    state TINYINT NOT NULL DEFAULT 1,
    at_id BIGINT NOT NULL DEFAULT 0,
    upto_id BIGINT NOT NULL,
    expected INT NOT NULL,
    expected_whole TINYINT NOT NULL,
    done INT NOT NULL DEFAULT 0,
    unchanged INT NOT NULL DEFAULT 0,
    failed INT NOT NULL DEFAULT 0,
    parts INT NOT NULL DEFAULT 0,
    made_at DATETIME(6) NOT NULL,
    moved_at DATETIME(6) NOT NULL,
    finished_at DATETIME(6) NULL,
    KEY ix_bulk_task_made (made_at, id),
    KEY ix_bulk_task_staff (staff_id),
    CONSTRAINT fk_bulk_task_staff FOREIGN KEY (staff_id) REFERENCES staff (id),
    CONSTRAINT ck_bulk_task_state CHECK (state BETWEEN 1 AND 3)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- What became of each; state 1: not looked at yet. result: of the action, a discount's id.
CREATE TABLE bulk_item (
    task_id BIGINT NOT NULL,
    customer_id BIGINT NOT NULL,
    state TINYINT NOT NULL,
    why VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    result BIGINT NULL,
    PRIMARY KEY (task_id, customer_id),
    KEY ix_bulk_item_state (task_id, state, customer_id),
    KEY ix_bulk_item_customer (customer_id),
    CONSTRAINT fk_bulk_item FOREIGN KEY (task_id) REFERENCES bulk_task (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- An export, in parts; a day long.
CREATE TABLE bulk_part (
    task_id BIGINT NOT NULL,
    part INT NOT NULL,
    body MEDIUMBLOB NOT NULL,
    made_at DATETIME(6) NOT NULL,
    PRIMARY KEY (task_id, part),
    KEY ix_bulk_part_made (made_at),
    CONSTRAINT fk_bulk_part FOREIGN KEY (task_id) REFERENCES bulk_task (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
