DROP TABLE media_file;
DROP TABLE media_part;
DROP TABLE media;
DROP TABLE own_text_version;
DROP TABLE template_version;
DROP TABLE template;
