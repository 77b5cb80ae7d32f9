DROP TABLE segment_member;
DROP TABLE segment_use;
DROP TABLE segment;
