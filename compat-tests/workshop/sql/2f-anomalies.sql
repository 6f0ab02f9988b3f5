-- 2-F: how unusual each reading is, by a random cut forest that learns from those before it.
CREATE OR REPLACE STREAM anomaly_stream (
    sensor_id INTEGER,
    event_timestamp TIMESTAMP,
    current_temp INTEGER,
    status VARCHAR(4),
    anomaly_score DECIMAL(16,2));

CREATE OR REPLACE PUMP anomaly_pump AS INSERT INTO anomaly_stream
SELECT STREAM sensor_id, event_timestamp, current_temp, status, anomaly_score
FROM TABLE(RANDOM_CUT_FOREST(
    CURSOR(SELECT STREAM * FROM clean_iot_stream)));
