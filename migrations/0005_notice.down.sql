DROP TABLE alarm;
DROP TABLE discount_shown;
