package bank.guichet.scenario

import bank.guichet.core.Language
import com.google.gson.JsonElement
import com.google.gson.JsonObject
import com.google.gson.JsonParser
import java.io.File

/** A file of tests/scenarios; its README is the language's definition. */
class Scenario(val name: String, val language: Language, val customer: Int, val steps: List<Step>) {
    /** The language as browsers write it. */
    val languageTag = if (language == Language.EN) "en" else "zh-CN"

    companion object {
        fun read(file: File): Scenario = parse(file.readText())

        fun parse(text: String): Scenario {
            val json = JsonParser.parseString(text).asJsonObject
            json.refuseBut("scenario", "language", "customer", "steps")
            val language = when (val tag = json["language"].asString) {
                "en" -> Language.EN
                "zh-CN" -> Language.ZH_CN
                else -> error("unknown language $tag")
            }
            val steps = json.getAsJsonArray("steps").mapIndexed { index, step -> Step.read(index, step.asJsonObject) }
            return Scenario(json["scenario"].asString, language, json["customer"].asInt, steps)
        }
    }
}

sealed interface Step {
    /** For messages: the step as the file has it. */
    val source: String

    class Do(override val source: String, val verb: String, private val members: JsonObject) : Step {
        fun text(name: String): String = members[name]?.asString ?: error("$verb needs $name")

        fun number(name: String): Int = members[name]?.asInt ?: error("$verb needs $name")

        /** An object, as JSON text. */
        fun json(name: String): String = members[name]?.asJsonObject?.toString() ?: error("$verb needs $name")

        fun texts(name: String): List<String> =
            members.getAsJsonArray(name)?.map { it.asString } ?: error("$verb needs $name")

        fun refuseBut(vararg names: String) = members.refuseBut("do", "says", *names)
    }

    class Expect(override val source: String, val values: Map<String, Value>) : Step

    class Wait(override val source: String, val values: Map<String, Value>) : Step

    companion object {
        fun read(index: Int, json: JsonObject): Step {
            val source = "step ${index + 1}: $json"
            val kinds = listOf("do", "expect", "wait").filter(json::has)
            check(kinds.size == 1) { "$source has to have one of do, expect, wait" }
            if (kinds.single() == "do") return Do(source, json["do"].asString, json)
            json.refuseBut(kinds.single(), "says")
            val values = json.getAsJsonObject(kinds.single()).entrySet().associate { it.key to Value.read(it.value) }
            return if (kinds.single() == "wait") Wait(source, values) else Expect(source, values)
        }
    }
}

/** What a path has to show. */
sealed interface Value {
    fun holds(shown: Any?): Boolean

    data class Equal(val wanted: Any?) : Value {
        override fun holds(shown: Any?) = shown == wanted
    }

    data class Has(val part: String) : Value {
        override fun holds(shown: Any?) = shown is String && part in shown
    }

    data class AtLeast(val least: Long) : Value {
        override fun holds(shown: Any?) = shown is Long && shown >= least
    }

    data object There : Value {
        override fun holds(shown: Any?) = shown != null
    }

    companion object {
        fun read(json: JsonElement): Value = when {
            json.isJsonNull -> Equal(null)
            json.isJsonObject -> readCondition(json.asJsonObject)
            json.asJsonPrimitive.isBoolean -> Equal(json.asBoolean)
            json.asJsonPrimitive.isNumber -> Equal(json.asLong)
            else -> Equal(json.asString)
        }

        private fun readCondition(json: JsonObject): Value {
            val (name, value) = json.entrySet().single()
            return when (name) {
                "has" -> Has(value.asString)
                "at_least" -> AtLeast(value.asLong)
                "is" -> There.also { check(value.asString == "there") { "unknown condition $json" } }
                else -> error("unknown condition $json")
            }
        }
    }
}

private fun JsonObject.refuseBut(vararg names: String) {
    val strange = keySet() - names.toSet()
    check(strange.isEmpty()) { "unknown members $strange in $this" }
}
