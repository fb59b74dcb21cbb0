package io.kubeguardian.collector;

import io.kubeguardian.collector.vm.GuestTests;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A test that {@link VmKernelTestsIT} does not run again: to load and attach sensors of its own, or to start a JVM, takes
 * the emulated machine five seconds and more, and what the test shows is shown there by another one, or is no matter of
 * the kernel's.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Tag(GuestTests.NOT_IN_GUEST)
@interface NotInGuest {
    /** Which of these, in a few words. */
    String value();
}
