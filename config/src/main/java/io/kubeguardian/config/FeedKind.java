package io.kubeguardian.config;

/** What the values of a plain or CSV feed are. */
public enum FeedKind {
    /** Each what it looks like: address, network, domain, hash or absolute path. */
    AUTO,
    /** Addresses and networks. */
    IP,
    DOMAIN,
    HASH,
    /** Absolute paths of programs. */
    PATH,
    /** Base names of programs. */
    NAME
}
