package io.kubeguardian.alerts;

/** A record of the alerts topic. Flink POJO. */
public final class Alert {
    /** The workload's key. */
    public String key = "";
    /** OCSF Detection Finding as JSON, UTF-8. */
    public byte[] json = {};

    public Alert() {}

    public Alert(String key, byte[] json) {
        this.key = key;
        this.json = json;
    }
}
