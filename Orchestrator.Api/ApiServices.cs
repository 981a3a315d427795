using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orchestrator.Api.Agents;
using Orchestrator.Api.CheckIns;
using Orchestrator.Api.Cluster;
using Orchestrator.Api.Conversations;
using Orchestrator.Api.Dashboard;
using Orchestrator.Api.Events;
using Orchestrator.Api.Gaps;
using Orchestrator.Api.HandOvers;
using Orchestrator.Api.History;
using Orchestrator.Api.Inspection;
using Orchestrator.Api.Messages;
using Orchestrator.Api.Questions;
using Orchestrator.Api.Recovery;
using Orchestrator.Api.Requests;
using Orchestrator.Api.Security;
using Orchestrator.Api.Tasks;
using Orchestrator.Api.Teams;
using Orchestrator.Api.Tools;
using Orchestrator.Client;

namespace Orchestrator.Api;

/// <summary>Adds the HTTP API to a host.</summary>
public static class ApiServices
{
    /// <summary>
    /// Adds what the API is made of. The host adds the runtime with the entities and views of the domain, and <see cref="ILiveAgents"/>, <see cref="IPaneInventory"/>, <see cref="IPaneRecorder"/>, <see cref="INodeStatus"/>, <see cref="IProfileCatalog"/>, <see cref="IPolicyCatalog"/>, <see cref="ITeamFiles"/>
    /// and <see cref="ISettingsCatalog"/>.
    /// </summary>
    public static IServiceCollection AddOrchestratorApi(this IServiceCollection services, Action<ApiOptions>? configure = null)
    {
        services.AddOptions<ApiOptions>().Configure(options => configure?.Invoke(options));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<FailedTokens>();
        services.AddSingleton<Commands>();
        services.AddSingleton<MessageProtocol>();
        services.AddSingleton<MessageSending>();
        services.AddSingleton<Addressees>();
        services.AddSingleton<MessageDispatching>();
        services.AddSingleton<ConversationAccess>();
        services.AddSingleton<RoleCatalog>();
        services.AddSingleton<CleanUpEndpoints.CleanUpList>();
        services.AddSingleton<SpawnRules>();
        services.AddSingleton<RunningAgents>();
        services.AddSingleton<Placement>();
        services.AddSingleton<TaskRules>();
        services.AddSingleton<TeamRequests>();
        services.AddSingleton<WholeHistory>();
        services.AddSingleton<LongResponses>();
        services.AddSingleton<EventStream>();
        services.AddSingleton<ActorLook>();
        services.AddSingleton<LogRing>();
        services.AddSingleton<ILoggerProvider>(static provider => provider.GetRequiredService<LogRing>());
        services.AddSingleton<IAuthorizationHandler, ScopeHandler>();
        services.AddAuthentication(TokenAuthentication.SchemeName).AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, configureOptions: null);

        // A route that says nothing of who may use it is open to nobody; what is no route is told to those who have a token.
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireAssertion(static context => context.Resource is HttpContext http && http.GetEndpoint() is not RouteEndpoint).Build());
        services.ConfigureHttpJsonOptions(static json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Wire));
        services.AddTools();
        services.AddOpenApi("v1", static document => document.AddDocumentTransformer<ApiDocument>());
        return services;
    }

    /// <summary>Serves the API: what guards it first, then its routes.</summary>
    public static WebApplication MapOrchestratorApi(this WebApplication app)
    {
        app.UseMiddleware<ErrorAnswers>();
        app.UseMiddleware<HostAndOrigin>();
        app.UseDashboard();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapAgents();
        app.MapAgentLists();
        app.MapAgentScreens();
        app.MapRecordings();
        app.MapRoles();
        app.MapQuotas();
        app.MapTranscripts();
        app.MapCleanUp();
        app.MapDialogs();
        app.MapMessages();
        app.MapProtocol();
        app.MapConversations();
        app.MapTasks();
        app.MapGaps();
        app.MapCheckIns();
        app.MapRecoveries();
        app.MapQuestions();
        app.MapHandOvers();
        app.MapTools();
        app.MapTeams();
        app.MapMerges();
        app.MapHistory();
        EventStream.Map(app);
        app.MapNodes();
        app.MapInspection();
        app.MapActors();
        app.MapCluster();
        app.MapSharding();
        app.MapLog();
        app.MapHealth();
        app.MapSetup();
        app.MapOpenApi("/openapi/{documentName}.json").Scope(scope: null);
        return app;
    }
}
