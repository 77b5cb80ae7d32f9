DROP TABLE bulk_part;
DROP TABLE bulk_item;
DROP TABLE bulk_task;
DROP TABLE letter;
ALTER TABLE consent DROP FOREIGN KEY fk_consent_staff;
ALTER TABLE consent
    DROP KEY ix_consent_staff,
    DROP COLUMN evidence,
    DROP COLUMN staff_id;
