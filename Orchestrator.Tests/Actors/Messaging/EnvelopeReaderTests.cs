using System.Text.Json;

using Orchestrator.Actors.Agents;
using Orchestrator.Actors.Messaging;
using Orchestrator.Actors.Messaging.Protocol;

namespace Orchestrator.Tests.Actors.Messaging;

/// <summary>What a message must be, and that each violation is told with what to do.</summary>
public sealed class EnvelopeReaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("null", "invalid_format", "JSON object")]
    [InlineData("[]", "invalid_format", "JSON object")]
    [InlineData("\"hello\"", "invalid_format", "JSON object")]
    [InlineData("""{"to":"a1","text":"x","colour":"red"}""", "invalid_format", "no field 'colour'")]
    [InlineData("""{"to":"a1","text":"x","TEXT":"y"}""", "invalid_format", "twice")]
    [InlineData("""{"to":"a1","text":"x","type":"gossip"}""", "invalid_format", "direct_message")]
    [InlineData("""{"to":"a1","text":"\ud800"}""", "invalid_format", "lone surrogate")]
    [InlineData("""{"to":"a1"}""", "missing_required_field", "a text")]
    [InlineData("""{"to":"a1","text":""}""", "missing_required_field", "a text")]
    [InlineData("""{"to":"a1","type":"task_assignment"}""", "missing_required_field", "orc message types task_assignment")]
    [InlineData("""{"to":"a1","type":"task_assignment","content":{"id":"T1","objective":"x"}}""", "missing_required_field", "content/success_criteria: it is missing")]
    [InlineData("""{"to":"a1","text":7}""", "invalid_field_type", "'text' is a text")]
    [InlineData("""{"to":"a1","text":"x","priority":"super"}""", "invalid_field_type", "low, medium, high, urgent")]
    [InlineData("""{"to":"a1","text":"x","timestamp":"yesterday"}""", "invalid_field_type", "2026-01-31T12:00:00Z")]
    [InlineData("""{"to":"a1","text":"x","expiresInSeconds":0}""", "invalid_field_type", "more than 0")]
    [InlineData("""{"to":"a1","text":"x","id":"7"}""", "invalid_field_type", "ULID")]
    [InlineData("""{"to":"a1","type":"escalation","content":{"issue":"x","severity":"huge","requesting":"y"}}""", "invalid_field_type", "content/severity: give one of")]
    [InlineData("""{"to":"a1","type":"coordination","content":{"topic":"a\nPriority: urgent","action":"y"}}""", "invalid_field_type", "content/topic")]
    [InlineData("""{"to":"a1","text":"x","content":{"a":1}}""", "invalid_field_type", "is a text")]
    [InlineData("""{"to":"a1","text":"x","expires_at":"2026-01-01T11:59:59Z"}""", "expired_message", "give it a later time")]
    [InlineData("""{"to":"a1","text":"x","timestamp":"2026-01-01T11:54:59Z"}""", "expired_message", "write it anew")]
    [InlineData("""{"to":"a1","text":"x","timestamp":"2026-01-01T12:01:01Z"}""", "future_timestamp", "set the clock")]
    [InlineData("""{"to":"a1","text":"x","wantsAnswer":"yes"}""", "invalid_field_type", "true or false")]
    [InlineData("""{"to":"a1","text":"x","wants_answer":true}""", "invalid_field_type", "orc send --wait answered")]
    [InlineData("""{"to":"a1","text":"x","sender":"root"}""", "unauthorized_sender", "leave sender out")]
    public void A_violation_is_named_and_says_what_to_do(string json, string violation, string words)
    {
        var error = Assert.Throws<ProtocolException>(() => Read(json)).Error;
        Assert.Equal(violation, error.Violation.Words());
        Assert.Contains(words, error.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"to":"a1","text":"x"}""", false)]
    [InlineData("""{"to":"a1","text":"x","wants_answer":true}""", true)]
    [InlineData("""{"to":"a1","type":"status_request","content":{"about":"the build"}}""", true)]
    [InlineData("""{"to":"a1","type":"status_request","content":{"about":"the build"},"wantsAnswer":false}""", false)]
    public void An_agent_says_whether_it_wants_an_answer_and_a_request_for_a_status_does(string json, bool wants)
        => Assert.Equal(wants, Read(json, sender: "agent/alice").WantsAnswer);

    [Fact]
    public void The_envelope_of_the_contract_is_read_whole()
    {
        var id = MessageId.New(Now);
        var answered = MessageId.New(Now);
        var envelope = Read($$"""
            {"id":"{{id}}","type":"direct_message","sender":"ann","recipient":"a1","timestamp":"2026-01-01T11:59:00Z","content":"hello","priority":"high",
             "expires_at":"2026-01-01T13:00:00Z","in_reply_to":"{{answered}}","conversation":"c1"}
            """);
        Assert.Equal((id, "direct_message", "a1", "hello", MessagePriority.High, answered, "c1"), (envelope.Id, envelope.Type.Name, envelope.Recipient, envelope.Text, envelope.Priority, envelope.InReplyTo, envelope.Conversation));
        Assert.Equal((Now.AddMinutes(-1), Now.AddHours(1)), (envelope.Timestamp, envelope.ExpiresAt));
    }

    [Fact]
    public void Without_words_about_it_a_message_is_a_direct_message_of_now_that_does_not_expire()
    {
        var envelope = Read("""{"to":"a1","text":"hello"}""");
        Assert.Equal(("direct_message", MessagePriority.Medium, Now, null), (envelope.Type.Name, envelope.Priority, envelope.Timestamp, envelope.ExpiresAt));
    }

    [Fact]
    public void An_old_message_that_says_when_it_expires_is_held_to_that()
        => Assert.Equal(Now.AddHours(1), Read("""{"to":"a1","text":"x","timestamp":"2026-01-01T09:00:00Z","expiresAt":"2026-01-01T13:00:00Z"}""").ExpiresAt);

    [Fact]
    public void A_sender_that_is_not_on_the_list_sends_nothing()
    {
        var rules = new ProtocolRules { Senders = ["client:ann", "agent/*"] };
        Assert.Equal("x", Read("""{"to":"a1","text":"x"}""", rules: rules).Text);
        Assert.Equal("x", Read("""{"to":"a1","text":"x"}""", "agent/b1", rules).Text);
        Assert.Equal(ProtocolViolation.UnauthorizedSender, Assert.Throws<ProtocolException>(() => Read("""{"to":"a1","text":"x"}""", "client:bob", rules)).Error.Violation);
    }

    private static MessageEnvelope Read(string json, string sender = "client:ann", ProtocolRules? rules = null)
        => new EnvelopeReader(MessageTypes.BuiltIn, rules ?? new ProtocolRules()).Read(JsonDocument.Parse(json).RootElement, sender, Now);
}
