-- Signs the short-lived tokens of an uploader (third version of the upload API); made when it first asks for one.
alter table device_data.uploader add column signing_key kernel.encrypted;
