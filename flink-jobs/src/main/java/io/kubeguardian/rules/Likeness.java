package io.kubeguardian.rules;

/**
 * What an event has in common with others that rules cannot tell from it, unless they ask for more
 * ({@link EventView#describe}). One object is filled anew for each event. Objects are compared by identity: who fills it in
 * sees to it that the same is always the same object.
 */
public final class Likeness {
    Object process;
    Object container;
    Object subject;
    Object surroundings;
    long first;
    long second;

    /**
     * @param process what is visible of the process and its ancestors
     * @param container with its pod's metadata
     * @param subject what was acted upon: of an open the path
     * @param surroundings what else is known at the time: of a connection the addresses' names
     * @param first with {@code second} all other arguments, packed without loss
     */
    public void of(
            Object process, Object container, Object subject, Object surroundings, long first, long second) {
        this.process = process;
        this.container = container;
        this.subject = subject;
        this.surroundings = surroundings;
        this.first = first;
        this.second = second;
    }

    /** The same of whatever subject. */
    void ofAnySubject(Likeness event) {
        of(event.process, event.container, null, event.surroundings, event.first, event.second);
    }
}
