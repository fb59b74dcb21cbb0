package io.kubeguardian.ml.stream;

/** What is counted of every batch; the order is that of the arrays in records and state, new ones come at the end. */
enum Counters {
    EXEC("rate.exec"), EXEC_UPPER("rate.exec.upper"), FORK("rate.fork"), EXIT("rate.exit"), EXIT_FAILED("rate.exit.failed"),
    OPEN("rate.open"), OPEN_WRITE("rate.open.write"), OPEN_FAILED("rate.open.failed"), CONNECT("rate.connect"),
    CONNECT_FAILED("rate.connect.failed"), FILE("rate.file"), SOCKET("rate.socket"), DNS("rate.dns"),
    DNS_FAILED("rate.dns.failed"), DUP("rate.dup"), CALL("rate.call");

    /** All, without a copy at each call. */
    static final Counters[] ALL = values();

    private final String feature;

    Counters(String feature) {
        this.feature = feature;
    }

    /** The feature that it becomes. */
    String feature() {
        return feature;
    }
}
