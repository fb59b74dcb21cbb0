package io.kubeguardian.config;

/** Checks of single settings, with one wording for all. */
final class Check {
    private Check() {}

    static void between(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new ConfigException(key + " is " + value + ", must be from " + least + " to " + most);
        }
    }

    static void between(String key, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new ConfigException(key + " is " + value + ", must be from " + least + " to " + most);
        }
    }

    static void notBlank(String key, String value) {
        if (value.isBlank()) {
            throw new ConfigException(key + " must not be empty");
        }
    }
}
