-- Staff, stores, shifts and invitations edited by the API; the shop handed over with a
-- yes of both sides; what a look at the bots' rights found.

-- named: somebody gave them that name, so the messenger's does not replace it.
ALTER TABLE staff
    ADD COLUMN version INT NOT NULL DEFAULT 1,
    ADD COLUMN named TINYINT NOT NULL DEFAULT 0,
    ADD KEY ix_staff_name (name, id),
    ADD KEY ix_staff_created (created_at, id);

-- Millionths of a degree; both or none.
ALTER TABLE store
    ADD COLUMN version INT NOT NULL DEFAULT 1,
    ADD COLUMN lat_e6 INT NULL,
    ADD COLUMN lon_e6 INT NULL,
    ADD CONSTRAINT ck_store_geo CHECK (
        (lat_e6 IS NULL AND lon_e6 IS NULL)
        OR (lat_e6 BETWEEN -90000000 AND 90000000
            AND lon_e6 BETWEEN -180000000 AND 180000000));

ALTER TABLE invite
    ADD COLUMN revoked_at DATETIME(6) NULL,
    ADD KEY ix_invite_created (created_at, id),
    ADD KEY ix_invite_expires (expires_at, id);

-- Stores of an invitation beside its first one.
CREATE TABLE invite_store (
    invite_id BIGINT NOT NULL,
    store_id BIGINT NOT NULL,
    PRIMARY KEY (invite_id, store_id),
    KEY ix_invite_store_store (store_id),
    CONSTRAINT fk_invite_store_invite FOREIGN KEY (invite_id) REFERENCES invite (id)
        ON DELETE CASCADE,
    CONSTRAINT fk_invite_store_store FOREIGN KEY (store_id) REFERENCES store (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

ALTER TABLE shift
    ADD KEY ix_shift_opened (opened_at, id);

-- One open offer a shop: open_one is 1 while it is open.
CREATE TABLE ownership_offer (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    from_id BIGINT NOT NULL,
    to_id BIGINT NOT NULL,
    made_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    state TINYINT NOT NULL DEFAULT 1,
    ended_at DATETIME(6) NULL,
    open_one TINYINT GENERATED ALWAYS AS (CASE WHEN state = 1 THEN 1 END) STORED,
    UNIQUE KEY uq_ownership_open (open_one),
    KEY ix_ownership_from (from_id),
    KEY ix_ownership_to (to_id),
    CONSTRAINT fk_ownership_from FOREIGN KEY (from_id) REFERENCES staff (id),
    CONSTRAINT fk_ownership_to FOREIGN KEY (to_id) REFERENCES staff (id),
    CONSTRAINT ck_ownership_two CHECK (from_id <> to_id),
    CONSTRAINT ck_ownership_state CHECK (state BETWEEN 1 AND 5),
    CONSTRAINT ck_ownership_end CHECK (state = 1 OR ended_at IS NOT NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE setup_check (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    asked_by BIGINT NULL,
    asked_at DATETIME(6) NOT NULL,
    ended_at DATETIME(6) NULL,
    found VARCHAR(4000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    KEY ix_setup_check_by (asked_by),
    CONSTRAINT fk_setup_check_by FOREIGN KEY (asked_by) REFERENCES staff (id),
    CONSTRAINT ck_setup_check_found CHECK (found IS NULL OR JSON_VALID(found)),
    CONSTRAINT ck_setup_check_end CHECK ((ended_at IS NULL) = (found IS NULL))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
