DROP TABLE setup_check;

DROP TABLE ownership_offer;

ALTER TABLE shift
    DROP KEY ix_shift_opened;

DROP TABLE invite_store;

ALTER TABLE invite
    DROP KEY ix_invite_expires,
    DROP KEY ix_invite_created,
    DROP COLUMN revoked_at;

ALTER TABLE store
    DROP CONSTRAINT ck_store_geo,
    DROP COLUMN lon_e6,
    DROP COLUMN lat_e6,
    DROP COLUMN version;

ALTER TABLE staff
    DROP KEY ix_staff_created,
    DROP KEY ix_staff_name,
    DROP COLUMN named,
    DROP COLUMN version;
