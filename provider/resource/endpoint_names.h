#ifndef PROVIDER_RESOURCE_ENDPOINT_NAMES_H
#define PROVIDER_RESOURCE_ENDPOINT_NAMES_H

/* What else hashicorp/aws 5.100.0 and 6.69 take in their endpoints blocks: services that no
 * resource here calls.  They are accepted, so that a configuration which moves over needs no
 * change, and do nothing. */
/* clang-format off */
#define OTHER_ENDPOINTS(X) \
    X(account) X(accountaccess) X(acm) X(acmpca) X(agentregistry) X(amg) X(amp) \
    X(amplify) X(apigateway) X(apigatewayv2) X(appautoscaling) X(appconfig) X(appfabric) \
    X(appflow) X(appintegrations) X(appintegrationsservice) X(applicationautoscaling) \
    X(applicationinsights) X(applicationsignals) X(appmesh) X(appregistry) X(apprunner) \
    X(appstream) X(appsync) X(arcregionswitch) X(arczonalshift) X(athena) X(auditmanager) \
    X(autoscaling) X(autoscalingplans) X(backup) X(batch) X(bcmdataexports) X(beanstalk) \
    X(bedrock) X(bedrockagent) X(bedrockagentcore) X(bedrockruntime) X(billing) X(budgets) X(ce) \
    X(chatbot) X(chime) X(chimesdkmediapipelines) X(chimesdkvoice) X(cleanrooms) X(cloud9) \
    X(cloudcontrol) X(cloudcontrolapi) X(cloudformation) X(cloudfront) X(cloudfrontkeyvaluestore) \
    X(cloudhsm) X(cloudhsmv2) X(cloudsearch) X(cloudtrail) X(cloudwatch) X(cloudwatchevidently) \
    X(cloudwatchlog) X(cloudwatchlogs) X(cloudwatchobservabilityaccessmanager) X(cloudwatchomni) \
    X(cloudwatchrum) X(codeartifact) X(codebuild) X(codecatalyst) X(codecommit) X(codeconnections) \
    X(codedeploy) X(codeguruprofiler) X(codegurureviewer) X(codepipeline) X(codestarconnections) \
    X(codestarnotifications) X(cognitoidentity) X(cognitoidentityprovider) X(cognitoidp) \
    X(comprehend) X(computeoptimizer) X(config) X(configservice) X(connect) X(connectcases) \
    X(controltower) X(costandusagereportservice) X(costexplorer) X(costoptimizationhub) X(cur) \
    X(customerprofiles) X(databasemigration) X(databasemigrationservice) X(databrew) \
    X(dataexchange) X(datapipeline) X(datasync) X(datazone) X(dax) X(deploy) X(detective) \
    X(devicefarm) X(devopsagent) X(devopsguru) X(directconnect) X(directoryservice) \
    X(directoryservicedata) X(dlm) X(dms) X(docdb) X(docdbelastic) X(drs) X(ds) X(dsql) \
    X(dynamodb) X(ecr) X(ecrpublic) X(ecs) X(efs) X(elasticache) X(elasticbeanstalk) \
    X(elasticloadbalancing) X(elasticloadbalancingv2) X(elasticsearch) X(elasticsearchservice) \
    X(elastictranscoder) X(elb) X(elbv2) X(emr) X(emrcontainers) X(emrserverless) X(es) \
    X(eventbridgev2) X(evidently) X(evs) X(finspace) X(firehose) X(fis) X(fms) X(fsx) X(gamelift) \
    X(glacier) X(globalaccelerator) X(glue) X(gluedatabrew) X(grafana) X(greengrass) \
    X(groundstation) X(guardduty) X(healthlake) X(identitystore) X(imagebuilder) X(inspector) \
    X(inspector2) X(inspectorv2) X(interconnect) X(internetmonitor) X(invoicing) X(iot) \
    X(iotanalytics) X(iotevents) X(ivs) X(ivschat) X(kafka) X(kafkaconnect) X(kendra) X(keyspaces) \
    X(kinesis) X(kinesisanalytics) X(kinesisanalyticsv2) X(kinesisvideo) X(kms) X(lakeformation) \
    X(lambda) X(lambdacore) X(lambdamicrovms) X(lambdaweb) X(launchwizard) X(lex) \
    X(lexmodelbuilding) X(lexmodelbuildingservice) X(lexmodels) X(lexmodelsv2) X(lexv2models) \
    X(licensemanager) X(lightsail) X(location) X(locationservice) X(logs) X(lookoutmetrics) X(m2) \
    X(macie2) X(mailmanager) X(managedgrafana) X(mediaconnect) X(mediaconvert) X(medialive) \
    X(mediapackage) X(mediapackagev2) X(mediapackagevod) X(mediastore) X(memorydb) X(mgn) X(mpa) \
    X(mq) X(msk) X(mwaa) X(mwaaserverless) X(neptune) X(neptunegraph) X(networkfirewall) \
    X(networkflowmonitor) X(networkmanager) X(networkmonitor) X(networksecuritymanager) \
    X(notifications) X(notificationscontacts) X(oam) X(observabilityadmin) X(odb) X(opensearch) \
    X(opensearchingestion) X(opensearchserverless) X(opensearchservice) X(opsworks) \
    X(organizations) X(osis) X(outposts) X(paymentcryptography) X(pcaconnectorad) X(pcs) \
    X(pinpoint) X(pinpointsmsvoicev2) X(pipes) X(polly) X(pricingplanmanager) X(prometheus) \
    X(prometheusservice) X(qbusiness) X(qldb) X(quicksight) X(ram) X(rbin) X(rds) X(rdsdata) \
    X(rdsdataservice) X(recyclebin) X(redshift) X(redshiftdata) X(redshiftdataapiservice) \
    X(redshiftserverless) X(rekognition) X(resiliencehub) X(resiliencehubv2) X(resourceexplorer2) \
    X(resourcegroups) X(resourcegroupstagging) X(resourcegroupstaggingapi) X(rolesanywhere) \
    X(route53) X(route53domains) X(route53profiles) X(route53recoverycontrolconfig) \
    X(route53recoveryreadiness) X(route53resolver) X(rum) X(s3) X(s3api) X(s3control) X(s3files) \
    X(s3outposts) X(s3tables) X(s3vectors) X(sagemaker) X(savingsplans) X(scheduler) X(schemas) \
    X(sdb) X(secretsmanager) X(securityhub) X(securitylake) X(serverlessapplicationrepository) \
    X(serverlessapprepo) X(serverlessrepo) X(servicecatalog) X(servicecatalogappregistry) \
    X(servicediscovery) X(servicequotas) X(ses) X(sesv2) X(sfn) X(shield) X(signer) X(simpledb) \
    X(sns) X(ssmcontacts) X(ssmincidents) X(ssmquicksetup) X(ssmsap) X(ssoadmin) X(stepfunctions) \
    X(storagegateway) X(swf) X(synthetics) X(taxsettings) X(timestreaminfluxdb) X(timestreamquery) \
    X(timestreamwrite) X(transcribe) X(transcribeservice) X(transfer) X(uxc) \
    X(verifiedpermissions) X(vpclattice) X(waf) X(wafregional) X(wafv2) X(wellarchitected) \
    X(worklink) X(workmail) X(workspaces) X(workspacesweb) X(xray)
/* clang-format on */

#endif
