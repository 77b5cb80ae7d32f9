ALTER TABLE invite DROP COLUMN till;
ALTER TABLE shift DROP COLUMN till_at, DROP COLUMN till_discount, DROP COLUMN auto_closed;
ALTER TABLE store DROP COLUMN training;
DROP TABLE training_redemption;
DROP TABLE access_request;
DROP TABLE staff_pin;
DROP TABLE till;
