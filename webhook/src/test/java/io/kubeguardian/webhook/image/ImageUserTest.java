package io.kubeguardian.webhook.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageUserTest {
    @ParameterizedTest
    @CsvSource({
        "1000, true", "1000:1000, true", "65532:nonroot, true", "2147483647, true", "0001, true",
        "'', false", "0, false", "00, false", "0:1000, false", "root, false", "nobody, false", "nobody:1000, false",
        ":1000, false", "-1, false", "+1, false", "' 1000', false", "2147483648, false", "99999999999999999999, false",
        "1000a, false", "\u0661, false"
    })
    void onlyANumberThatIsNotZeroIsAnotherUserForSure(String user, boolean another) {
        assertThat(ImageUser.isAnotherNumber(user)).isEqualTo(another);
    }
}
