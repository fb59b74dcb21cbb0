package io.kubeguardian.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainmentExceptionsTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8, 0, 0",
        "10.1.2.3, 10.1.2.3, 0, 0",
        "10.1.2.3:443, 10.1.2.3, 443, 0",
        "10.0.0.0/8:443/tcp, 10.0.0.0/8, 443, 6",
        "10.1.2.3/udp, 10.1.2.3, 0, 17",
        "10.1.2.3:53/UDP, 10.1.2.3, 53, 17",
        "0.0.0.0/0:443, 0.0.0.0/0, 443, 0",
        "fd00::1, fd00::1, 0, 0",
        "FD00::/8, fd00::/8, 0, 0",
        "fd00::/8:443/tcp, fd00::/8, 443, 6",
        "[fd00::1]:443, fd00::1, 443, 0",
        "[fd00::]/8:443, fd00::/8, 443, 0",
        "[::1], ::1, 0, 0",
        "::1, ::1, 0, 0",
    })
    void aDestinationIsReadAsPeopleWriteIt(String text, String network, int port, int protocol) {
        ExceptedDestination read = ContainmentExceptions.destination(text);

        assertThat(read).isEqualTo(new ExceptedDestination(network, port, protocol));
        assertThat(ContainmentExceptions.destination(ContainmentExceptions.text(read))).isEqualTo(read);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", ":", "/", "[", "[]", "db.example.com:443", "10.0.0.0/8:0", "10.0.0.0/8:65536", "10.0.0.0/8:-1", "10.0.0.0/33",
        "10.0.0.0/-1", "10.0.0.0/8/sctp", "10.0.0.1/8", "10.0.0", "10.0.0.0/8:", "fd00::/129", "fd00::1/64", "fd00::1%lo",
        "1.2.3.4:443:444", "[fd00::1:443", "10.0.0.0/8:443/tcp/udp", "10.0.0.0/999999999999", "10.0.0.0/8 ", "٣.1.1.1",
    })
    void whatIsNoDestinationIsRefusedAndNamesItself(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ContainmentExceptions.destination(text))
                .withMessageContaining("'");
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "65536, 6", "443, 1", "0, -6", "443, 23"})
    void numbersOutOfRangeAreRefused(int port, int protocol) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ContainmentExceptions.check(new ExceptedDestination("10.0.0.0/8", port, protocol)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "/usr/bin/id", "/usr/lib/*", "/a b/ü/...", "/..a/b.."})
    void aFileAndAllBelowAFolderAreAccepted(String path) {
        assertThatCode(() -> ContainmentExceptions.checkPath(path)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "/", "/*", "*", "id", "usr/bin/id", "./id", "/usr/bin/", "/usr//bin", "/usr/../bin/id", "/..", "/usr/./id",
        "/usr/*/id", "/usr/b*", "/usr/**", "//*", "/usr/bin/\nid", "/usr/bin/id\0", "/../*",
    })
    void whatIsNeitherIsRefused(String path) {
        assertThatIllegalArgumentException().isThrownBy(() -> ContainmentExceptions.checkPath(path))
                .withMessageContaining("path");
    }

    @ParameterizedTest
    @CsvSource({"x, 238, true", "x, 239, false", "ü, 119, true", "ü, 120, false"})
    void aPathIsAsLongAsTheKernelLooksAt(String letter, int times, boolean accepted) {
        String path = '/' + letter.repeat(times);

        var thrown = org.assertj.core.api.Assertions.catchThrowable(() -> ContainmentExceptions.checkPath(path));

        assertThat(thrown == null).isEqualTo(accepted);
    }
}
