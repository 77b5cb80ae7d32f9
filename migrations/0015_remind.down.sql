ALTER TABLE customer DROP COLUMN left_told_at;

ALTER TABLE discount
    DROP KEY ix_discount_remind,
    DROP COLUMN reminder_id,
    DROP COLUMN reminded_at;
