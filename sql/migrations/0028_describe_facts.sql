-- Tells what every column means.
alter table facts
    modify comment 'Internal: the catalogue, one fact a row. Read content and creators instead.',
    comment column subject 'content or creator.',
    comment column id 'Of the content or creator.',
    comment column fact 'Which fact.',
    comment column value 'Its value as text.',
    comment column version 'The greatest stands: position in the stream, + 2^63 if it was stated.'
