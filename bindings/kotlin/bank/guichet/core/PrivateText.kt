package bank.guichet.core

/**
 * Text of class C2 (names, numbers, amounts), for a screen. It prints as dots, so that a log of what holds it shows nothing;
 * [expose] is the one way to the text, and the call to look for in a review.
 */
public class PrivateText(private val text: String) {
    /** The text, to be drawn or spoken. */
    public fun expose(): String = text

    override fun equals(other: Any?): Boolean = other is PrivateText && other.text == text

    override fun hashCode(): Int = text.hashCode()

    override fun toString(): String = "••"
}
